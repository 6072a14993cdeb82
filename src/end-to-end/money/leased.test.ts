import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import type { Allowance } from '../../core/allowance.ts'
import { createLedger, type OpenLedger } from '../../ledger/create-ledger.ts'
import { createMatch } from '../../ledger/match.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'
import type { Store } from '../../stores/store.ts'
import { openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { ask, closeIdle } from '../faults/client.ts'
import { until } from '../faults/harness.ts'
import { type Rig, startRigWith } from './rig.ts'

after(closeIdle)

const answer = ({ body }: ReceivedRequest): Step => {
  const { stream } = JSON.parse(body)
  return { ...openaiText('Yes.', { stream, usage: { input: 100, output: 10 } }), headDelayMs: 5 }
}

interface Leased extends AsyncDisposable {
  readonly rig: Rig<OpenLedger>
  readonly store: Store
}

/** The gateway on a store in memory, with the ledger that leases from it. */
const start = async (allowances: readonly Allowance[], input: ConfigInput = {}): Promise<Leased> => {
  const store = createMemoryStore()
  const ledger = createLedger({ store })
  const rig = await startRigWith({ ledger, match: createMatch(allowances) }, input)
  rig.upstream.always(answer)
  return {
    rig,
    store,
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]()
      await ledger.close()
      await store.close()
    },
  }
}

const settledIn = async ({ rig, store }: Leased, { id, window }: Allowance): Promise<bigint | undefined> => {
  await until(() => rig.gateway.inFlight === 0 && rig.ledger.heldCount === 0, 'something is held')
  await rig.ledger.flush()
  return (await store.ledger.standing(id, 'key:anonymous', window))?.settled
}

describe('slices that are leased from a store', () => {
  test('let a crowd of two hundred spend a dollar and not more', async () => {
    const budget = plainAllowance({ limit: 1_000_000_000n })
    await using leased = await start([budget], { prices: { 'open/m': { input: 0, output: 0, perCall: 0.01 } } })
    const { rig } = leased
    const calls = Array.from({ length: 200 }, (_, index) => ask(rig.port, { stream: index % 2 === 0 }))
    const served = (await Promise.all(calls)).filter(({ status }) => status === 200).length
    assert.ok(served <= 100 && served >= 98, `${served} were served`)
    assert.equal(await settledIn(leased, budget), BigInt(served) * 10_000_000n)
  })

  test('shorten the last answers, and end in a refusal', async () => {
    const budget = plainAllowance({ limit: 20_000_000n })
    await using leased = await start([budget])
    const { rig } = leased
    const most: number[] = []
    const statuses = new Set<number>()
    for (let index = 0; index < 120 && !statuses.has(402); index++)
      statuses.add((await ask(rig.port, { more: { max_completion_tokens: 1_500 } })).status)
    for (const body of rig.sent()) most.push(Number(body.max_completion_tokens))
    assert.deepEqual([...statuses], [200, 402])
    assert.equal(most[0], 1_500)
    const last = most.at(-1) ?? 0
    assert.ok(last >= 16 && last < 300, `the last was allowed ${last}`)
    assert.equal(await settledIn(leased, budget), BigInt(most.length) * 200_000n)
  })

  test('tell callers what is left of their limits', async () => {
    const window = { kind: 'rolling', ms: 60_000 } as const
    const requests = plainAllowance({ id: 'requests', unit: 'requests', limit: 5n, window })
    const tokens = plainAllowance({ id: 'tokens', unit: 'tokens', limit: 100_000n, window })
    await using leased = await start([requests, tokens])
    const { port } = leased.rig
    const left: unknown[] = []
    for (let index = 0; index < 5; index++) {
      const { headers } = await ask(port, { stream: index % 2 === 0 })
      left.push(headers['x-ratelimit-remaining-requests'])
      assert.match(String(headers['x-ratelimit-reset-requests']), /^(\d+s|1m[01]s)$/)
    }
    assert.deepEqual(left, ['4', '3', '2', '1', '0'])
    const { status, headers } = await ask(port)
    assert.deepEqual(
      [status, headers['x-ratelimit-remaining-requests'], headers['x-ratelimit-limit-tokens']],
      [429, '0', '100000'],
    )
    assert.equal(await settledIn(leased, requests), 5n)
    assert.equal(await settledIn(leased, tokens), 550n)
  })
})
