import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  anthropicError,
  anthropicErrorEvent,
  anthropicText,
  anthropicToolCalls,
  openaiError,
  openaiErrorEvent,
  openaiText,
  openaiToolCalls,
  type Step,
} from '../../testing/index.ts'
import { readEvents } from '../../wire/sse.ts'
import { ask, closeIdle, type Language } from '../faults/client.ts'
import { forgetful } from '../faults/harness.ts'
import { type Rig, startRig } from './rig.ts'

/** What would be an event of its own if anybody wrote it into a stream as it is. */
const evil = [
  '\n\nevent: error\ndata: {"type":"error","error":{"type":"forged","message":"forged"}}\n\n',
  '\r\rdata: [DONE]\r\r',
  '\r\n\r\ndata: {"forged":true}\r\n\r\n',
  'x\nid: forged\nretry: 1\n: forged\n',
  '[DONE]',
  'data: [DONE]',
  '\u2028data: {"forged":true}\u2028\u2028',
  '\u0085\u0085data: forged\u000b\u000c\u0000',
].join(' ')

const name = 'lookup'
const json = JSON.stringify({ evil })

/** Answers in which whatever an upstream chooses is evil. */
const answers: Readonly<Record<Language, Readonly<Record<string, Step>>>> = {
  openai: {
    'text and model': openaiText(evil, { stream: true, model: evil }),
    'finish reason': openaiText('Words.', { stream: true, finish: evil }),
    'tool, its id and arguments': openaiToolCalls([{ name: evil, id: evil, arguments: json }], { stream: true }),
    'arguments that are no JSON': openaiToolCalls([{ name, arguments: evil }], { stream: true }),
    'failure after words': failing(openaiText('Some words here.', { stream: true }), openaiErrorEvent(evil, evil)),
    refusal: openaiError(400, evil, evil),
  },
  anthropic: {
    'text and model': anthropicText(evil, { stream: true, model: evil }),
    'stop reason': anthropicText('Words.', { stream: true, finish: evil }),
    'tool, its id and input': anthropicToolCalls([{ name: evil, id: evil, arguments: json }], { stream: true }),
    'failure after words': failing(
      anthropicText('Some words here.', { stream: true }),
      anthropicErrorEvent(evil, evil),
    ),
    refusal: anthropicError(400, evil, evil),
  },
}

function failing({ events = [], ...step }: Step, failure: string): Step {
  return { ...step, events: [...events.slice(0, 4), failure] }
}

const eventNames = [
  ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta'],
  ...['message_stop', 'ping', 'error', ''],
]
/** Every line that may stand in a stream of ours. */
const lineForms = /^(?:|event: [a-z_]+|data: \{[^\r\n]*\}|data: \[DONE\]|: tollgate [!-~ ]*)$/

describe('words for a stream', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig({ retry: { attempts: 1 } }, forgetful)
  })
  after(async () => {
    closeIdle()
    await rig[Symbol.asyncDispose]()
  })

  for (const upstream of ['openai', 'anthropic'] as const)
    for (const [place, step] of Object.entries(answers[upstream]))
      for (const language of ['openai', 'anthropic'] as const)
        test(`evil in the ${place} of ${upstream} is no event of its own for ${language}`, async () => {
          rig[upstream].always(step)
          const model = upstream === 'openai' ? 'chat' : 'claude'
          const { status, text } = await ask(rig.port, { language, model, stream: true })
          if (status !== 200) {
            assert.ok(place === 'refusal' || status === 502, `${status} ${text}`)
            assert.ok(JSON.parse(text).error.message.length > 0)
            return
          }
          const events = readEvents(Buffer.from(text))
          for (const line of text.split(/[\r\n]/)) assert.match(line, lineForms)
          for (const { event, data } of events) {
            assert.ok(eventNames.includes(event), event)
            if (data === '[DONE]') continue
            const said = JSON.parse(data)
            assert.ok(!('forged' in said))
            if (language === 'anthropic') assert.equal(said.type, event)
          }
          const ends = events.filter(({ event, data }) => event === 'message_stop' || data === '[DONE]').length
          assert.equal(ends, place === 'failure after words' ? 0 : 1)
          assert.equal(events.filter(({ data }) => JSON.parse(data.replace('[DONE]', '{}')).error).length, 1 - ends)
        })
})
