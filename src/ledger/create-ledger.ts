import { type Clock, systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { StopSignal } from '../core/stop.ts'
import type { Crossed, LedgerStore } from '../stores/store.ts'
import { type Alarm, systemAlarm } from './alarm.ts'
import { holdBeside } from './aside-hold.ts'
import { Held, type HoldFigures } from './held.ts'
import type { Ask, Hold, Ledger } from './ledger.ts'
import { Lending } from './lending.ts'
import { Outbox } from './outbox.ts'
import { Purses } from './purses.ts'
import { StoreTime } from './store-time.ts'
import { Till } from './till.ts'

const sweepEveryMs = 250
/** After a recall no more is taken than is needed, for so long. */
const leanMs = 1_000
/** How long the end waits for a store that does not answer. */
const closeWithinMs = 10_000

export interface LedgerOptions {
  readonly store: { readonly ledger: LedgerStore }
  /** Default: the system's. */
  readonly clock?: Clock | undefined
  /** Unix milliseconds, of the same clock as the store's. Default: the system's. */
  readonly unixMs?: (() => number) | undefined
  /** Default: timers that keep no process alive. */
  readonly alarm?: Alarm | undefined
}

/** What a ledger counts, for metrics and tests. */
export interface LedgerFigures extends Readonly<HoldFigures> {
  /** How often the store was asked for a slice. */
  readonly leases: number
  /** Lines that the store has not confirmed. */
  readonly waitingLines: number
  /** Allowances of subjects that are kept in memory. */
  readonly purses: number
}

/** A ledger on a store, and what only those need who run it. */
export interface OpenLedger extends Ledger {
  readonly figures: LedgerFigures
  /** Calls back with alerts that are due, each told to one process. Returns how to stop. */
  onCrossed(listener: (alerts: readonly Crossed[]) => void): () => void
  /** Resolves when everything that was booked and written until now is in the store. */
  flush(): Promise<void>
}

/** Opens a ledger on a store, which it does not close. A store has one ledger at a time. */
export const createLedger = (options: LedgerOptions): OpenLedger => {
  const { store, clock = systemClock, unixMs = Date.now, alarm = systemAlarm } = options
  const { ledger } = store
  const time = new StoreTime(unixMs)
  const outbox = new Outbox(ledger, alarm)
  const purses = new Purses(outbox, clock)
  const figures: HoldFigures = { held: 0, overHeld: 0, failedOpen: 0 }
  const till = new Till(purses, { figures, outbox, freed: (purse) => lending.freed(purse) }, clock)
  const lending = new Lending({ store: ledger, till, purses, outbox, time, clock, alarm })
  const listeners = new Set<(alerts: readonly Crossed[]) => void>()
  const stopSweeping = sweepOften({ alarm, sweep: () => purses.sweep(time.now(), ledger.processes) })
  let isClosed = false

  ledger.listen({
    recall: (wanted) => {
      for (const { allowance, subject } of wanted) {
        const purse = purses.peek(allowance, subject)
        if (!purse) continue
        purse.leanUntil = clock.now() + leanMs
        purses.giveAll(purse, time.now())
      }
      outbox.cut()
    },
    fenced: () => {
      for (const purse of purses.all()) purses.closePot(purse)
      outbox.cut()
    },
    crossed: (alerts) => {
      for (const listener of listeners) listener(alerts)
    },
  })

  const lend = (asks: readonly Ask[], signal: StopSignal): Hold | Promise<Hold> => {
    if (signal.aborted) throw signal.reason
    if (isClosed) throw new GatewayError('store_unavailable', 'The gateway is closing.')
    const taken = till.take(asks, time.now())
    if (taken instanceof Held) return taken
    if (taken) throw taken
    return lending.wait(asks, signal)
  }

  return {
    hold: (asks, signal, aside) => (aside === undefined ? lend : holdBeside(aside, lend))(asks, signal),
    charge: ({ allowance, subject }, used) => outbox.charge(allowance, subject, used),
    write: (line) => outbox.write(line),
    view: (allowance, subject) => purses.peek(allowance.id, subject)?.view(time.now()),
    refusal: (asks) => till.refusal(asks, time.now()),
    get heldCount() {
      return figures.held
    },
    get figures() {
      return { ...figures, leases: lending.leases, waitingLines: outbox.waitingLines, purses: purses.count }
    },
    onCrossed: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush: () => outbox.flush(),
    close: async () => {
      isClosed = true
      stopSweeping()
      for (const purse of purses.all()) purses.closePot(purse)
      await within(outbox.flush(), alarm)
    },
  }
}

/** One timer for all purses. */
const sweepOften = ({ alarm, sweep }: { readonly alarm: Alarm; readonly sweep: () => void }): (() => void) => {
  let cancel = (): void => {}
  const arm = (): void => {
    cancel = alarm(() => {
      sweep()
      arm()
    }, sweepEveryMs)
  }
  arm()
  return () => cancel()
}

const within = (flushed: Promise<void>, alarm: Alarm): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const cancel = alarm(() => {
    reject(new GatewayError('store_unavailable', 'The store did not take the last lines and bookings in time.'))
  }, closeWithinMs)
  flushed.then(resolve, reject).finally(cancel)
  return promise
}
