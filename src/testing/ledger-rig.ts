import { setImmediate as turn } from 'node:timers/promises'
import type { Allowance } from '../core/allowance.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import { Stop } from '../core/stop.ts'
import type { Alarm } from '../ledger/alarm.ts'
import { createLedger, type OpenLedger } from '../ledger/create-ledger.ts'
import type { Ask, Hold } from '../ledger/ledger.ts'
import { createMemoryBank, type MemoryStore } from '../stores/memory/index.ts'
import type { LedgerStore, Standing } from '../stores/store.ts'

interface Due {
  readonly at: number
  readonly run: () => void
}

/** Time that passes only when it is told to, for clocks, calendars and alarms alike. */
export class LedgerTime implements Clock {
  /** Unix milliseconds. */
  unixMs: number
  #due: Due[] = []

  constructor(unixMs = Date.parse('2026-11-24T12:00:00Z')) {
    this.unixMs = unixMs
  }

  now(): number {
    return this.unixMs
  }

  readonly alarm: Alarm = (run, afterMs) => {
    const due = { at: this.unixMs + afterMs, run }
    this.#due.push(due)
    return () => {
      this.#due = this.#due.filter((each) => each !== due)
    }
  }

  /** Goes on at once, as a machine that slept: what was due in between happens afterwards. */
  async leap(ms: number): Promise<void> {
    this.unixMs += ms
    await this.pass(0)
  }

  /** Lets so much time pass; whatever is due on the way happens at its moment. */
  async pass(ms: number): Promise<void> {
    const end = this.unixMs + ms
    await turn()
    for (;;) {
      const next = this.#due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
      if (!next) break
      this.#due = this.#due.filter((each) => each !== next)
      this.unixMs = Math.max(this.unixMs, next.at)
      next.run()
      await turn()
    }
    this.unixMs = end
    await turn()
  }
}

/** A store whose leases and settlements can be made to fail, or to wait. */
export interface Troubled {
  readonly ledger: { -readonly [Name in keyof LedgerStore]: LedgerStore[Name] }
  /** Thrown by leases while it is there. */
  leaseFails: Error | undefined
  /** Thrown by settlements while it is there. */
  settleFails: Error | undefined
  /** Leases wait for it. */
  gate: Promise<void> | undefined
}

/** The ledger store underneath, with troubles on the way to it. */
export const troubled = (store: LedgerStore): Troubled => {
  const troubles: Troubled = {
    leaseFails: undefined,
    settleFails: undefined,
    gate: undefined,
    ledger: {
      lease: async (wants) => {
        await troubles.gate
        if (troubles.leaseFails) throw troubles.leaseFails
        return store.lease(wants)
      },
      settle: async (batch) => {
        if (troubles.settleFails) throw troubles.settleFails
        return store.settle(batch)
      },
      standing: (allowance, subject, window) => store.standing(allowance, subject, window),
      get processes() {
        return store.processes
      },
      listen: (events) => store.listen(events),
      close: () => store.close(),
    },
  }
  return troubles
}

/** One process of a rig: a ledger, and the store under it. */
export interface Member {
  readonly ledger: OpenLedger
  readonly store: MemoryStore
  readonly troubles: Troubled
}

export interface LedgerRig {
  readonly time: LedgerTime
  readonly members: readonly Member[]
  standing(allowance: Allowance, subject?: Scope): Promise<Standing | undefined>
}

/** So many ledgers on one memory, as if they were processes, in time that stands still. */
export const ledgerRig = (count: number, time = new LedgerTime()): LedgerRig => {
  const bank = createMemoryBank({ now: () => time.unixMs })
  const members = Array.from({ length: count }, (): Member => {
    const store = bank.open()
    const troubles = troubled(store.ledger)
    const ledger = createLedger({ store: troubles, clock: time, unixMs: () => time.unixMs, alarm: time.alarm })
    return { ledger, store, troubles }
  })
  return {
    time,
    members,
    standing: async (allowance, subject = allowance.scope) =>
      members[0]?.store.ledger.standing(allowance.id, subject, allowance.window),
  }
}

/** A budget of 100 nano-dollars of one key, for tests to change. */
export const allowanceOf = (more: Partial<Allowance> = {}): Allowance => ({
  id: 'budget',
  unit: 'nanos',
  limit: 100n,
  window: { kind: 'total' },
  scope: 'key:web',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
  ...more,
})

/** Asks for so much, all or nothing. */
export const askOf = (allowance: Allowance, wish: bigint, least = wish): Ask => ({
  allowance,
  subject: allowance.scope,
  least,
  wish,
})

/** Holds, however long it takes; undefined where it is refused for want of room. */
export const holdOrNot = async (ledger: OpenLedger, asks: readonly Ask[]): Promise<Hold | undefined> => {
  try {
    return await ledger.hold(asks, new Stop())
  } catch (thrown) {
    if (thrown instanceof GatewayError && ['budget_exhausted', 'rate_limited'].includes(thrown.code)) return undefined
    throw thrown
  }
}
