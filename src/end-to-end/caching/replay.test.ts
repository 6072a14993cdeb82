import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decodeKept } from '../../core/kept-bytes.ts'
import {
  anthropicText,
  anthropicToolCalls,
  bedrockMessage,
  bedrockTextBlock,
  bedrockThinkingBlock,
  bedrockToolCalls,
  geminiParts,
  geminiToolCalls,
  openaiText,
  openaiToolCalls,
  responsesText,
  responsesToolCalls,
  type Step,
} from '../../testing/index.ts'
import { talkBedrock } from '../bedrock/talk-bedrock.ts'
import type { AskedForm } from '../clients/cell.ts'
import type { Heard, Talk } from '../clients/talk.ts'
import { talkAnthropic } from '../clients/talk-anthropic.ts'
import { talkOpenai } from '../clients/talk-openai.ts'
import { talkGoogle } from '../gemini/talk-google.ts'
import { talkResponses } from '../responses/talk-responses.ts'
import { type CachingRig, startCaching, type WireName, wires } from './rig.ts'

type Speak = (cell: { readonly url: string; readonly model: string; readonly form: AskedForm }) => Talk

const clients: Readonly<Record<WireName, Speak>> = {
  chat: talkOpenai,
  anthropic: talkAnthropic,
  gemini: talkGoogle,
  responses: talkResponses,
  bedrock: talkBedrock,
}
const clientNames = Object.keys(clients) as WireName[]
const wireNames = Object.keys(wires) as WireName[]
const forms = ['whole', 'stream'] as const

const text = 'Good day, Grüße, 你好 🦊!\n  How are you?'
const usage = { input: 17, output: 6 }
const calls = [{ id: 'call_1', name: 'weather', arguments: '{"city":"Zürich","days":3}' }]

const saysText: Readonly<Record<WireName, (stream: boolean) => Step>> = {
  chat: (stream) => openaiText(text, { stream, usage }),
  anthropic: (stream) => anthropicText(text, { stream, usage }),
  gemini: (stream) => geminiParts([{ text: 'Hm.', thought: true }, { text }], { stream, usage }),
  responses: (stream) => responsesText(text, { stream, usage }),
  bedrock: (stream) => bedrockMessage([bedrockThinkingBlock('c2ln', 'Hm.'), bedrockTextBlock(text)], { stream, usage }),
}

const saysCalls: Readonly<Record<WireName, (stream: boolean) => Step>> = {
  chat: (stream) => openaiToolCalls(calls, { stream, usage }),
  anthropic: (stream) => anthropicToolCalls(calls, { stream, usage }),
  gemini: (stream) => geminiToolCalls(calls, { stream, usage }),
  responses: (stream) => responsesToolCalls(calls, { stream, usage }),
  bedrock: (stream) => bedrockToolCalls(calls, { stream, usage }),
}

/** What a client shows, without names that every answer has of its own. */
const shown = ({ text: said, thinking, calls: called, finish, usage: counted }: Heard) => ({
  said,
  thinking,
  called: called.map(({ name, input }) => ({ name, input })),
  finish,
  read: counted.read,
  written: counted.said,
})

/** A gateway that keeps answers, one that keeps none, and in which language their upstreams speak. */
interface Pair {
  readonly rig: CachingRig
  readonly plain: CachingRig
  readonly wire: WireName
}

/** Asks once, so that it is kept; then every client in every form gets it again, as it would get it from the upstream. */
const checkAll = async ({ rig, plain, wire }: Pair, makes: (stream: boolean) => Step): Promise<void> => {
  for (const kept of forms) {
    rig.upstream.always(makes(kept === 'stream'))
    const first = await clients[wire]({ url: rig.url, model: wire, form: kept }).say('first')
    assert.equal(decodeKept(rig.put.at(-1)?.value ?? Buffer.alloc(0))?.form, kept === 'stream' ? 'events' : 'whole')
    const asked = rig.upstream.journal.length
    for (const client of clientNames)
      for (const form of forms) {
        const again = await clients[client]({ url: rig.url, model: wire, form }).say('again')
        assert.equal(rig.records.at(-1)?.notes.cache?.outcome, 'hit')
        plain.upstream.always(makes(form === 'stream'))
        const live = await clients[client]({ url: plain.url, model: wire, form }).say('again')
        assert.deepEqual(shown(again), shown(live), `${kept}, for ${client}, ${form}`)
        if (client === wire) assert.deepEqual(shown(again), shown(first))
      }
    assert.equal(rig.upstream.journal.length, asked, 'nobody was asked')
    await rig.answers.purge({})
    rig.put.length = 0
  }
}

describe('a kept answer of each language, asked for in every other one', () => {
  let rig: CachingRig
  let plain: CachingRig
  before(async () => {
    rig = await startCaching({ anything: true, rules: { toolCalls: true } })
    plain = await startCaching({ routeOf: (route) => ({ ...route, cache: undefined }) })
  })
  after(async () => {
    await plain[Symbol.asyncDispose]()
    await rig[Symbol.asyncDispose]()
  })
  for (const wire of wireNames) {
    test(`words of ${wire}`, { timeout: 60_000 }, () => checkAll({ rig, plain, wire }, saysText[wire]))
    test(`calls of tools of ${wire}`, { timeout: 60_000 }, () => checkAll({ rig, plain, wire }, saysCalls[wire]))
  }
})
