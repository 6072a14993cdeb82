import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Window } from '../core/window.ts'
import type { Batch, Crossed, LedgerStore, Shortage, Slice, Want } from '../stores/store.ts'

/** One ledger store as two processes have it. */
export interface OpenedLedgers {
  readonly one: LedgerStore
  readonly other: LedgerStore
  /** The machine's clock as the store sees it, in Unix milliseconds. */
  now(): number
  /** Moves that clock, back when negative. */
  pass(ms: number): void
  /** Makes the store take `one` for dead. */
  fence(): Promise<void>
  close(): Promise<void>
}

/** A want of 100 of a budget without end, for tests to change. */
export const wantOf = (more: Partial<Want> = {}): Want => ({
  allowance: 'budget',
  subject: 'key:web',
  window: { kind: 'total' },
  limit: 100n,
  least: 1n,
  wish: 10n,
  onLoss: 'charge',
  ...more,
})

/** A batch of nothing, for tests to fill. */
export const batchOf = (sequence: number, more: Partial<Batch> = {}): Batch => ({
  sequence,
  bookings: [],
  charges: [],
  lines: '',
  count: 0,
  from: 0,
  to: 0,
  ...more,
})

/** Leases what must be there to lease. */
export const leaseOf = async (ledger: LedgerStore, more: Partial<Want> = {}): Promise<Slice> => {
  const answer = await ledger.lease([wantOf(more)])
  assert.ok(answer.ok, 'there is enough')
  const [slice] = answer.slices
  assert.ok(slice)
  return slice
}

/** Asks for more than there is. */
export const shortageOf = async (ledger: LedgerStore, more: Partial<Want> = {}): Promise<Shortage> => {
  const answer = await ledger.lease([wantOf(more)])
  assert.ok(!answer.ok, 'there is too little')
  return answer.short
}

/** Where the allowance of `wantOf` stands. */
export const standingOf = async (ledger: LedgerStore, more: Partial<Want> = {}) => {
  const { allowance, subject, window } = wantOf(more)
  const { settled, leased, lost } = (await ledger.standing(allowance, subject, window)) ?? {}
  return { settled, leased, lost }
}

/** Fails when it does not come true in time. */
export const becomesTrue = async (isTrue: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> => {
  const end = performance.now() + withinMs
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, `not within ${withinMs} ms: ${isTrue}`)
    await wait(5)
  }
}

/** Hears what a ledger store tells. */
export const listenTo = (ledger: LedgerStore) => {
  const heard = { recalled: [] as string[], fenced: 0, crossed: [] as Crossed[] }
  ledger.listen({
    recall: (wanted) => heard.recalled.push(...wanted.map(({ allowance }) => allowance)),
    fenced: () => heard.fenced++,
    crossed: (alerts) => heard.crossed.push(...alerts),
  })
  return heard
}

export const hourMs = 3_600_000
export const hourly: Window = { kind: 'calendar', per: 'hour', timezone: 'UTC' }
/** Its slots are a minute long. */
export const rolling: Window = { kind: 'rolling', ms: hourMs }

/** Moves the clock into the middle of a minute and of an hour, so that none begins while a test runs. */
export const settleClock = (ledgers: Pick<OpenedLedgers, 'now' | 'pass'>): void => {
  const wanted = 30 * 60_000 + 5_000
  const past = ledgers.now() % hourMs
  ledgers.pass(past <= wanted ? wanted - past : hourMs + wanted - past)
}
