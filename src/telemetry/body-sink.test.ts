import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call } from '../core/call.ts'
import type { BodyRules } from '../core/call-bodies.ts'
import { createTextMask } from '../core/mask-text.ts'
import { mask } from '../core/redact.ts'
import type { KeptBodies } from '../stores/body-store.ts'
import { plainRequest } from '../testing/plain-request.ts'
import { type BodySinkOptions, createBodySink } from './body-sink.ts'

const everything: BodyRules = { models: undefined, keys: undefined, teams: undefined, mostBytes: 1_024, keepMs: 1 }
const secret = 'the-secret-of-the-provider'

const setUp = (rules: Partial<BodyRules> | undefined, more: Partial<BodySinkOptions> = {}) => {
  const kept: KeptBodies[] = []
  const sink = createBodySink({
    store: {
      put: async (all) => {
        kept.push(...all)
      },
    },
    rules: () => rules && { ...everything, ...rules },
    modelOf: (asked) => (asked === 'alias' ? 'chat' : asked),
    mask: createTextMask([secret]),
    fresh: (text) => text,
    isBusy: () => false,
    ...more,
  })
  return { kept, sink }
}

const callOf = (body: Call['request']['body'] = { say: 'Hi' }, more: Partial<Call['caller']> = {}): Call =>
  ({
    id: 'call-1',
    startedAt: 5,
    caller: { key: 'web', team: 'shop', ...more },
    request: { ...plainRequest('openai-chat'), model: 'alias', body },
  }) as unknown as Call

const say = async (sink: ReturnType<typeof createBodySink>, call: Call, pieces: readonly (string | Uint8Array)[]) => {
  const transcript = sink.begin(call)
  transcript?.begin('application/json')
  for (const piece of pieces) transcript?.take(piece)
  transcript?.end()
  await sink.flush()
}

describe('a sink of what is said', () => {
  test('keeps what was asked and what was told', async () => {
    const { kept, sink } = setUp({})
    const reused = Buffer.from('{"a":')
    const transcript = sink.begin(callOf())
    transcript?.begin('text/event-stream; charset=utf-8')
    transcript?.take(reused)
    reused.fill(0)
    transcript?.take('"ü"}')
    transcript?.end()
    await sink.flush()
    assert.deepEqual(kept, [
      {
        of: { call: 'call-1', startedAt: 5, org: undefined, team: 'shop', key: 'web' },
        bodies: { request: '{"say":"Hi"}', response: '{"a":"ü"}', isRequestCut: false, isResponseCut: false },
      },
    ])
  })

  test('takes nothing down of calls that are not asked for', () => {
    assert.equal(setUp(undefined).sink.begin(callOf()), undefined)
    const cases: readonly [Partial<BodyRules>, boolean][] = [
      [{ models: ['chat'] }, true],
      [{ models: ['alias'] }, false],
      [{ keys: ['web'] }, true],
      [{ keys: ['app'] }, false],
      [{ teams: ['shop'] }, true],
      [{ teams: ['lab'] }, false],
      [{ models: ['chat'], teams: ['lab'] }, false],
    ]
    for (const [rules, isMeant] of cases)
      assert.equal(setUp(rules).sink.begin(callOf()) !== undefined, isMeant, JSON.stringify(rules))
    assert.equal(setUp({ teams: ['shop'] }).sink.begin(callOf({}, { team: undefined })), undefined)
  })

  test('cuts by bytes, never within a character, and says so', async () => {
    const { kept, sink } = setUp({ mostBytes: 1_024 })
    await say(sink, callOf({ say: 'ü'.repeat(5_000) }), ['€'.repeat(400)])
    const [{ bodies } = assert.fail()] = kept
    assert.deepEqual([bodies.isRequestCut, bodies.isResponseCut], [true, true])
    assert.equal(bodies.response, '€'.repeat(341))
    assert.equal(bodies.request, `{"say":"${'ü'.repeat(508)}`)
  })

  test('masks a secret that goes beyond the cut, and in pieces', async () => {
    const { kept, sink } = setUp({})
    await say(sink, callOf({ say: `${'x'.repeat(1_005)}${secret}` }), ['{"a":"', secret.slice(0, 9), secret.slice(9)])
    const [{ bodies } = assert.fail()] = kept
    assert.equal(bodies.response, `{"a":"${mask}`)
    assert.equal(bodies.request, `{"say":"${'x'.repeat(1_005)}${mask}"`)
  })

  test('keeps no bytes that are no text', async () => {
    const { kept, sink } = setUp({})
    const transcript = sink.begin(callOf())
    transcript?.begin('audio/mpeg')
    transcript?.take(Buffer.alloc(100))
    transcript?.end()
    await sink.flush()
    assert.equal(kept[0]?.bodies.response, undefined)
  })

  test('drops and counts what is too much, what comes while records wait, and what the store does not take', async () => {
    const full = setUp({}, { mostWaitingBytes: 2_000 })
    full.sink.begin(callOf())?.end()
    full.sink.begin(callOf())?.end()
    await full.sink.flush()
    assert.deepEqual([full.kept.length, full.sink.dropped()], [1, 1])
    full.sink.begin(callOf())?.end()
    await full.sink.flush()
    assert.deepEqual([full.kept.length, full.sink.dropped()], [2, 1])
    await say(full.sink, callOf(), ['x'.repeat(1_500), 'y'.repeat(1_500)])
    assert.deepEqual([full.kept.length, full.sink.dropped()], [2, 2])
    const busy = setUp({}, { isBusy: () => true })
    await say(busy.sink, callOf(), [])
    assert.deepEqual([busy.kept.length, busy.sink.dropped()], [0, 1])
    const broken = setUp({}, { store: { put: () => Promise.reject(new Error('full')) } })
    await say(broken.sink, callOf(), [])
    assert.equal(broken.sink.dropped(), 1)
  })
})
