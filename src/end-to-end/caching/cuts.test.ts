import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  anthropicText,
  bedrockText,
  cut,
  geminiText,
  openaiText,
  responsesText,
  type Step,
} from '../../testing/index.ts'
import { inParallel, until } from '../faults/harness.ts'
import { startCaching, type WireName } from './rig.ts'

const text = 'Grüße, 你好 🦊!'

const streams: Readonly<Record<WireName, Step>> = {
  chat: openaiText(text, { stream: true }),
  anthropic: anthropicText(text, { stream: true }),
  gemini: geminiText(text, { stream: true }),
  responses: responsesText(text, { stream: true }),
  bedrock: bedrockText(text, { stream: true }),
}

const lengthOf = ({ events = [] }: Step): number => events.reduce((all, event) => all + Buffer.byteLength(event), 0)

/** Where the last event begins. */
const lastBegins = (step: Step): number => lengthOf(step) - Buffer.byteLength(step.events?.at(-1) ?? '')

/** So many places in each stream, so that all streams together take no more than some seconds. */
const places = 120

describe('a stream that is cut', () => {
  for (const [wire, step] of Object.entries(streams)) {
    test(`is not kept, wherever that is and however: ${wire}`, { timeout: 60_000 }, async () => {
      await using rig = await startCaching()
      const length = lengthOf(step)
      const stepBytes = Math.max(1, Math.ceil(length / places))
      const offsets = Array.from({ length: Math.ceil(length / stepBytes) }, (_, index) => index * stepBytes)
      const cuts = [...offsets, lastBegins(step) - 1, length - 1]
      const byPrompt = new Map(cuts.map((atByte) => [String(atByte), atByte]))
      rig.upstream.always(({ body }) => {
        const [, atByte = ''] = /cut at (\d+)/.exec(body) ?? []
        const at = byPrompt.get(atByte)
        return at === undefined ? step : cut(step, at, at % 2 === 0 ? 'end' : 'reset')
      })
      const ask = async (atByte: number): Promise<void> => {
        const messages = [{ role: 'user', content: `cut at ${atByte}` }]
        const response = await fetch(`${rig.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: wire, messages, stream: true }),
        })
        await response.text()
      }
      await inParallel(new Set(cuts), 20, ask)
      await until(() => rig.records.length === new Set(cuts).size, 'a call has no record')
      assert.ok(rig.records.every(({ outcome }) => outcome === 'error'))
      assert.equal(rig.put.length, 0)
      await ask(length)
      assert.equal(rig.put.length, 1, 'uncut, it is kept')
    })
  }
})
