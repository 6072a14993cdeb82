import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { parseConfig } from '../../config/load.ts'
import { type Running, startServer } from '../../server/start.ts'
import { damages, seeded } from '../../testing/damaged-json.ts'
import {
  anthropicText,
  bedrockText,
  type FakeUpstream,
  geminiText,
  openaiText,
  type ReceivedRequest,
  responsesText,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { callers } from './callers.ts'

const intended = { total: 12.5, currency: 'EUR' }

interface Language {
  readonly kind: string
  readonly path: string
  answer(text: string, options: { stream: boolean; usage: { input: number; output: number } }): Step
  streams(request: ReceivedRequest): boolean
}

const byBody = ({ body }: ReceivedRequest): boolean => (JSON.parse(body) as { stream?: boolean }).stream === true

/** What upstreams speak. */
const languages: Readonly<Record<string, Language>> = {
  openai: { kind: 'openai-compatible', path: '/v1', answer: openaiText, streams: byBody },
  responses: { kind: 'openai-responses', path: '/v1', answer: responsesText, streams: byBody },
  anthropic: { kind: 'anthropic', path: '/v1', answer: anthropicText, streams: byBody },
  gemini: { kind: 'gemini', path: '/v1beta', answer: geminiText, streams: ({ path }) => path.includes('stream') },
  bedrock: { kind: 'bedrock', path: '', answer: bedrockText, streams: ({ path }) => path.endsWith('converse-stream') },
}

/** Answers that nothing can put right without asking again. */
const hopeless = [
  'I cannot tell.',
  '{"total": "a lot", "currency": "EUR"}',
  '{"currency": "EUR"}',
  '{"total": 1, "currency": "GBP"}',
  '{"total": 1',
]

const kinds = Object.entries(damages).map(([kind, damage]) => ({ kind, text: damage(intended, seeded(1)), asks: 1 }))
const two = { kind: 'two values', text: `{"total": 3}\n${JSON.stringify(intended)}`, asks: 1 }
const cases = [...kinds, two, ...hopeless.map((text) => ({ kind: text, text, asks: 2 }))]

const usage = { input: 20, output: 7 }

describe('structured output in every language', () => {
  for (const [name, language] of Object.entries(languages)) {
    describe(`from a model that speaks ${name} and makes every mistake`, () => {
      let upstream: FakeUpstream
      let running: Running
      before(async () => {
        upstream = await startFakeUpstream()
        const config = await parseConfig(
          {
            discover: false,
            server: { port: 0, drain: { notReady: '0s', streams: '1s' } },
            providers: { up: { kind: language.kind, apiKey: 'k', baseUrl: upstream.url + language.path } },
            models: { chat: { targets: ['up/m'], output: { mode: 'buffer' } } },
            prices: { '*/*': { input: 1, output: 1 } },
            telemetry: { log: 'silent', metrics: true },
          },
          {},
        )
        running = await startServer(config)
      })
      after(async () => {
        await running.stop(AbortSignal.abort())
        await upstream.close()
      })

      for (const [caller, ask] of Object.entries(callers)) {
        for (const streams of [false, true]) {
          test(`${caller} gets what was meant, ${streams ? 'streamed' : 'whole'}, and every answer is paid`, async () => {
            const asked = upstream.journal.length
            const paid = await costIn(running)
            for (const { kind, text } of cases) {
              for (const said of hopeless.includes(text) ? [text, JSON.stringify(intended)] : [text])
                upstream.script((request) => language.answer(said, { stream: language.streams(request), usage }))
              assert.deepEqual(await ask(running.url, streams), intended, kind)
            }
            const made = upstream.journal.length - asked
            assert.equal(
              made,
              cases.reduce((sum, { asks }) => sum + asks, 0),
            )
            assert.ok(made / cases.length <= 1.3)
            // A dollar for a million tokens, 27 in each answer.
            assert.equal(Math.round(((await costIn(running)) - paid) * 1e9), made * 27_000)
          })
        }
      }
    })
  }
})

/** Dollars of all attempts so far. */
const costIn = async (running: Running): Promise<number> => {
  const text = await (await fetch(`${running.url}/metrics`)).text()
  return Number(/^tollgate_cost_usd_total\{[^}]*\} (\S+)$/m.exec(text)?.[1] ?? 0)
}
