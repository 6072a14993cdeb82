import assert from 'node:assert/strict'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FakeUpstream, openaiError, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle, type Transcript } from './client.ts'
import {
  forgetful,
  type GatewayUnderTest,
  inParallel,
  openaiAt,
  type Settings,
  startGateway,
  until,
} from './harness.ts'

const calls = 300

describe('a target that fails is not answered with more load', () => {
  let failing: FakeUpstream
  let healthy: FakeUpstream
  beforeEach(async () => {
    failing = await startFakeUpstream()
    healthy = await startFakeUpstream()
    failing.always(openaiError(500, null, 'No.'))
    healthy.always(openaiText('Well.'))
  })
  afterEach(() => Promise.all([failing.close(), healthy.close()]))
  after(closeIdle)

  const start = (settings: Settings, targets = ['up/one', 'other/two']): Promise<GatewayUnderTest> =>
    startGateway(
      { providers: { up: openaiAt(failing.url), other: openaiAt(healthy.url) }, models: { chat: { targets } } },
      settings,
    )

  /** Many calls, ten at a time. */
  const askMany = async (port: number): Promise<Transcript[]> => {
    const answers: Transcript[] = []
    await inParallel(Array(calls).keys(), 10, async () => {
      answers.push(await ask(port))
    })
    return answers
  }

  test('its breaker closes it after a few failures, and everybody is answered by the other one', async () => {
    await using gateway = await start({})
    const answers = await askMany(gateway.port)
    assert.ok(answers.every(({ status }) => status === 200))
    assert.equal(healthy.journal.length, calls)
    // Five failures in a row, and what the ten at a time had under way then.
    assert.ok(failing.journal.length <= 5 + 2 * 10, `${failing.journal.length} attempts`)
    const skipped = gateway.records.at(-1)?.notes.skipped
    assert.deepEqual(skipped, [{ target: 'up/one', reason: 'it kept failing' }])
  })

  test('where no breaker would close it, retries stay a fifth of the calls', async () => {
    await using gateway = await start(forgetful)
    const answers = await askMany(gateway.port)
    assert.ok(answers.every(({ status }) => status === 200))
    assert.ok(failing.journal.length >= calls, 'each call tries it')
    assert.ok(failing.journal.length <= 1.2 * calls + 3, `${failing.journal.length} attempts`)
  })

  test('nor when there is no other target', async () => {
    await using gateway = await start(forgetful, ['up/one'])
    const answers = await askMany(gateway.port)
    assert.ok(answers.every(({ status }) => status === 502))
    assert.ok(failing.journal.length <= 1.2 * calls + 3, `${failing.journal.length} attempts`)
  })

  test('when the pause is over one call tries it; when it is well again it answers again', async () => {
    await using gateway = await start({ health: { ejectMs: 400 } })
    await askMany(gateway.port)
    const before = failing.journal.length
    await sleep(420)
    await askMany(gateway.port)
    const probes = failing.journal.length - before
    assert.ok(probes >= 1 && probes <= 2, `${probes} probes`)
    failing.always(openaiText('Well again.'))
    let last: Transcript | undefined
    const isBack = (): boolean => last?.headers['x-tollgate-target'] === 'up/one'
    const polling = (async () => {
      while (!isBack()) last = await ask(gateway.port)
    })()
    await until(isBack, 'it is not asked again', 3_000)
    await polling
    const answers = await askMany(gateway.port)
    assert.ok(answers.every(({ headers }) => headers['x-tollgate-target'] === 'up/one'))
  })
})
