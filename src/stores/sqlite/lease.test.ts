import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { batchOf, hourMs, rolling, settleClock, wantOf } from '../../testing/ledger-suite-parts.ts'
import type { Shortage, Slice, Want } from '../store.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

describe('leases in a file of SQLite', () => {
  let writer: ThreadlessWriter
  beforeEach(() => {
    writer = new ThreadlessWriter()
    settleClock({ now: () => Date.now() + writer.skewMs, pass: (ms) => pass(ms) })
  })
  afterEach(() => writer.close())

  const pass = (ms: number): void => {
    writer.skewMs += ms
  }

  const lease = (more: Partial<Want> = {}): Slice => {
    const answer = writer.call('lease', [wantOf(more)])
    assert.ok(answer.ok)
    return answer.slices[0] as Slice
  }

  const shortage = (more: Partial<Want> = {}): Shortage => {
    const answer = writer.call('lease', [wantOf(more)])
    assert.ok(!answer.ok)
    return answer.short
  }

  it('say when enough of a rolling window is free for what is needed, not only something', () => {
    lease({ window: rolling, wish: 30n })
    pass(10 * 60_000)
    const second = lease({ window: rolling, wish: 30n })
    pass(10 * 60_000)
    const third = lease({ window: rolling, wish: 40n })
    pass(60_000)
    assert.equal(shortage({ window: rolling, least: 50n, wish: 50n }).resetsAt, second.end + hourMs)
    assert.equal(shortage({ window: rolling, least: 61n, wish: 61n }).resetsAt, third.end + hourMs)
  })

  it('keep no slots of a rolling window that do not count any more', () => {
    for (let slot = 0; slot < 70; slot++) {
      const { id } = lease({ window: rolling, wish: 1n, limit: 1_000n })
      writer.call('settle', batchOf(slot + 1, { bookings: [{ slice: id, used: 1n, back: 0n }] }))
      pass(60_000)
    }
    assert.ok(writer.number('SELECT count(*) FROM windows') <= 62)
    assert.equal(shortage({ window: rolling, limit: 60n }).settled, 60n)
  })

  it('write nothing when they are refused and nobody else holds anything', () => {
    lease({ wish: 100n })
    const changes = (): number => writer.number('SELECT total_changes()')
    const before = changes()
    shortage()
    assert.equal(changes(), before)
  })

  it('drop slices that are booked whole', () => {
    const { id } = lease()
    writer.call('settle', batchOf(1, { bookings: [{ slice: id, used: 4n, back: 6n }] }))
    assert.equal(writer.number('SELECT count(*) FROM slices'), 0)
  })

  it('remember the last batches, and take older ones for booked', () => {
    const charge = {
      allowance: 'soft',
      subject: 'key:web',
      window: { kind: 'total' },
      limit: 9n,
      used: 1n,
      alerts: [],
    } as const
    const book = (...sequences: readonly number[]): void => {
      writer.ask(...sequences.map((sequence) => ['settle', batchOf(sequence, { charges: [charge] })] as const))
    }
    book(...Array.from({ length: 1_300 }, (_, index) => index + 1))
    assert.ok(writer.number('SELECT count(*) FROM batches') < 1_100)
    book(1, 200, 1_299, 1_300)
    assert.equal(writer.number('SELECT settled FROM windows'), 1_300)
  })

  it('survive figures beyond everything', () => {
    const charge = {
      allowance: 'soft',
      subject: 'key:web',
      window: { kind: 'total' },
      limit: 9n,
      alerts: [50],
    } as const
    for (const [index, used] of [2n ** 80n, 2n ** 62n, -5n].entries())
      writer.call('settle', batchOf(index + 1, { charges: [{ ...charge, used }] }))
    const { id } = lease({ allowance: 'hard' })
    writer.call('settle', batchOf(9, { bookings: [{ slice: id, used: 2n ** 90n, back: -3n }] }))
    const settled = writer.database.prepare('SELECT settled FROM windows').safeIntegers().pluck().all()
    assert.deepEqual(settled, [2n ** 61n + 10n, 2n ** 62n])
    assert.equal(shortage({ allowance: 'hard' }).free, 0n)
  })
})
