import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMemoryStore } from '../stores/memory/index.ts'
import { createFakeClock } from '../testing/clock.ts'
import { createCircuit } from './webhook-circuit.ts'

const failure = { status: 500, retryAfterMs: undefined }
const hourMs = 3_600_000

const rigOf = () => {
  const clock = createFakeClock(1_000_000)
  const store = createMemoryStore({ now: () => clock.now() })
  const open = () => createCircuit({ store: store.webhooks, now: () => clock.now() })
  const { webhooks } = store
  const standing = async (endpoint: string) => (await webhooks.standings()).find((each) => each.endpoint === endpoint)
  return { clock, open, circuit: open(), standing, webhooks }
}

describe('an endpoint that fails', () => {
  test('rests from its fifth failure in a row, longer each time, and not for ever', async () => {
    const { circuit, clock } = rigOf()
    const rests: (number | undefined)[] = []
    const news: boolean[] = []
    for (let failures = 1; failures <= 12; failures++) {
      const { restsUntil, isNewlyOpen } = await circuit.failed('dead', failure)
      rests.push(restsUntil === undefined ? undefined : (restsUntil - clock.now()) / 1_000)
      news.push(isNewlyOpen)
    }
    assert.deepEqual(rests, [undefined, undefined, undefined, undefined, 10, 20, 40, 80, 160, 320, 320, 320])
    assert.deepEqual(news.indexOf(true), 4)
    assert.equal(news.lastIndexOf(true), 4)
  })

  test('is as good as new after one success', async () => {
    const { circuit, standing } = rigOf()
    for (let failures = 1; failures <= 5; failures++) await circuit.failed('dead', failure)
    assert.partialDeepStrictEqual(await standing('dead'), { failingSince: 1_000_000, restsUntil: 1_010_000 })
    await circuit.succeeded('dead')
    assert.equal(await standing('dead'), undefined)
    assert.equal((await circuit.failed('dead', failure)).restsUntil, undefined)
  })

  for (const status of [429, 502, 503, 504])
    test(`rests as long as it asks for with ${status}`, async () => {
      const { circuit, standing, clock } = rigOf()
      const { restsUntil } = await circuit.failed('busy', { status, retryAfterMs: 7_000 })
      assert.equal(restsUntil, clock.now() + 7_000)
      assert.equal((await standing('busy'))?.restsUntil, restsUntil)
    })

  test('cannot ask for a rest with another status, nor for one of more than a day', async () => {
    const { circuit, clock } = rigOf()
    assert.equal((await circuit.failed('odd', { status: 500, retryAfterMs: 7_000 })).restsUntil, undefined)
    const { restsUntil } = await circuit.failed('busy', { status: 503, retryAfterMs: 10 ** 12 })
    assert.equal(restsUntil, clock.now() + 24 * hourMs)
  })

  test('is disabled at once when it says that it wants nothing any more', async () => {
    const { circuit, standing } = rigOf()
    assert.match((await circuit.failed('gone', { ...failure, status: 410 })).disabledBecause ?? '', /410/)
    assert.equal((await standing('gone'))?.disabledAt, 1_000_000)
  })

  test('is disabled after five days without a success, also when the process began anew in between', async () => {
    const { circuit, clock, open, standing } = rigOf()
    await circuit.failed('dead', failure)
    clock.advance(5 * 24 * hourMs)
    assert.equal((await circuit.failed('dead', failure)).disabledBecause, undefined)
    clock.advance(1)
    assert.match((await open().failed('dead', failure)).disabledBecause ?? '', /five days/)
    assert.equal((await standing('dead'))?.disabledAt, clock.now())
  })

  test('is not given up at once when somebody has just enabled it', async () => {
    const { circuit, clock, webhooks } = rigOf()
    await circuit.failed('dead', failure)
    clock.advance(6 * 24 * hourMs)
    assert.match((await circuit.failed('dead', failure)).disabledBecause ?? '', /five days/)
    await webhooks.mark('dead', { disabled: null, failingSince: null, restsUntil: null })
    assert.deepEqual(await circuit.failed('dead', failure), {
      restsUntil: undefined,
      isNewlyOpen: false,
      disabledBecause: undefined,
    })
  })

  test('is well again for all processes that share the store when one succeeds', async () => {
    const { circuit, clock, open, standing } = rigOf()
    const other = open()
    await other.succeeded('flaky')
    await circuit.failed('flaky', failure)
    clock.advance(61_000)
    await other.succeeded('flaky')
    assert.equal(await standing('flaky'), undefined)
  })
})
