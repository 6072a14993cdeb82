import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ledgerStoreSuite } from '../../testing/ledger-store-suite.ts'
import type { Batch, Crossed, LedgerStore, Slice, Want } from '../store.ts'
import { createMemoryBank } from './index.ts'

ledgerStoreSuite('A memory', async () => {
  let skewMs = 0
  const now = (): number => Date.now() + skewMs
  const bank = createMemoryBank({ now })
  const [one, other] = [bank.open(), bank.open()]
  return {
    one: one.ledger,
    other: other.ledger,
    now,
    pass: (ms) => {
      skewMs += ms
    },
    fence: async () => one.fence(),
    close: async () => {
      await one.close()
      await other.close()
    },
  }
})

const total = { kind: 'total' } as const

const want = (more: Partial<Want> = {}): Want => ({
  allowance: 'b',
  subject: 'key:web',
  window: total,
  limit: 100n,
  least: 1n,
  wish: 10n,
  onLoss: 'charge',
  ...more,
})

const batch = (sequence: number, more: Partial<Batch> = {}): Batch => ({
  sequence,
  bookings: [],
  charges: [],
  lines: '',
  count: 0,
  from: 0,
  to: 0,
  ...more,
})

const leased = async (ledger: LedgerStore, more: Partial<Want> = {}): Promise<Slice> => {
  const answer = await ledger.lease([want(more)])
  assert.ok(answer.ok)
  const [slice] = answer.slices
  assert.ok(slice)
  return slice
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a memory that two processes share', () => {
  it('leases no more than the limit to both', async () => {
    const bank = createMemoryBank()
    const [one, two] = [bank.open(), bank.open()]
    assert.equal((await leased(one.ledger, { wish: 70n })).amount, 70n)
    assert.equal((await leased(two.ledger, { wish: 70n })).amount, 30n)
    const short = await two.ledger.lease([want()])
    assert.deepEqual(short, {
      ok: false,
      short: {
        allowance: 'b',
        subject: 'key:web',
        limit: 100n,
        settled: 0n,
        leased: 100n,
        free: 0n,
        resetsAt: undefined,
      },
    })
    assert.equal(one.ledger.processes, 2)
  })

  it('tells the other process when there is too little', async () => {
    const bank = createMemoryBank()
    const [one, two] = [bank.open(), bank.open()]
    const heard: unknown[] = []
    one.ledger.listen({ recall: (wanted) => heard.push(...wanted), fenced: () => {}, crossed: () => {} })
    await leased(one.ledger, { wish: 100n })
    await two.ledger.lease([want()])
    await turn()
    assert.deepEqual(heard, [{ allowance: 'b', subject: 'key:web' }])
  })

  it('gives all of several wants or none', async () => {
    const { ledger } = createMemoryBank().open()
    const answer = await ledger.lease([want(), want({ allowance: 'c', limit: 5n, least: 6n })])
    assert.equal(answer.ok, false)
    assert.equal((await leased(ledger, { wish: 100n })).amount, 100n)
  })

  it('books a batch once', async () => {
    const { ledger } = createMemoryBank().open()
    const { id } = await leased(ledger)
    const booked = batch(1, { bookings: [{ slice: id, used: 4n, back: 6n }] })
    await ledger.settle(booked)
    await ledger.settle(booked)
    const standing = await ledger.standing('b', 'key:web', total)
    assert.deepEqual([standing?.settled, standing?.leased, standing?.lost], [4n, 0n, 0n])
  })

  it('charges what a dead process held, and puts the truth in its place when it comes late', async () => {
    const bank = createMemoryBank()
    const store = bank.open()
    const { id } = await leased(store.ledger)
    store.fence()
    const lost = await store.ledger.standing('b', 'key:web', total)
    assert.deepEqual([lost?.settled, lost?.leased, lost?.lost], [10n, 0n, 10n])
    await store.ledger.settle(batch(1, { bookings: [{ slice: id, used: 3n, back: 5n }] }))
    const late = await store.ledger.standing('b', 'key:web', total)
    assert.deepEqual([late?.settled, late?.lost], [5n, 2n])
    const audit = { actor: 'admin', action: 'lost.release', subject: 'b', detail: '{}' }
    assert.equal(await store.reports.releaseLost('b', 'key:web', audit), 2n)
    const released = await store.ledger.standing('b', 'key:web', total)
    assert.deepEqual([released?.settled, released?.lost], [3n, 0n])
  })

  it('books into the period a slice was leased in, and begins a new one at nothing', async () => {
    let now = Date.parse('2026-11-24T23:59:59Z')
    const { ledger } = createMemoryBank({ now: () => now }).open()
    const window = { kind: 'calendar', per: 'day', timezone: 'UTC' } as const
    const { id } = await leased(ledger, { window, wish: 100n })
    now += 2_000
    assert.equal((await leased(ledger, { window, wish: 100n })).amount, 100n)
    await ledger.settle(batch(1, { bookings: [{ slice: id, used: 100n, back: 0n }] }))
    const standing = await ledger.standing('b', 'key:web', window)
    assert.deepEqual([standing?.settled, standing?.leased], [0n, 100n])
  })

  it('tells of an alert once in a period', async () => {
    const { ledger } = createMemoryBank().open()
    const heard: Crossed[] = []
    ledger.listen({ recall: () => {}, fenced: () => {}, crossed: (alerts) => heard.push(...alerts) })
    const charge = { allowance: 'b', subject: 'key:web', window: total, limit: 100n, alerts: [50, 80] } as const
    for (let sequence = 1; sequence <= 9; sequence++)
      await ledger.settle(batch(sequence, { charges: [{ ...charge, used: 10n }] }))
    await turn()
    assert.deepEqual(
      heard.map(({ percent, settled }) => [percent, settled]),
      [
        [50, 50n],
        [80, 80n],
      ],
    )
  })

  it('time never goes back', async () => {
    let now = Date.parse('2026-11-24T12:00:00Z')
    const { ledger } = createMemoryBank({ now: () => now }).open()
    const window = { kind: 'rolling', ms: 60_000 } as const
    const { start } = await leased(ledger, { window })
    now -= 3_600_000
    assert.equal((await leased(ledger, { window })).start, start)
  })
})
