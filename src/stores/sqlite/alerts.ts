import type { Scope } from '../../core/scope.ts'
import type { Crossed } from '../store.ts'
import type { Session } from './session.ts'
import type { WindowKey } from './windows.ts'

interface Row {
  readonly allowance: string
  readonly subject: Scope
  readonly alerts: string
  readonly ceiling: bigint
  readonly settled: bigint
  readonly alerted: number
}

/** What counts together: the period, or all slots of a rolling window that still count. */
const readWindow = `SELECT w.allowance, w.subject, w.alerts, w.ceiling, sum(o.settled) AS settled, max(o.alerted) AS alerted
  FROM windows AS w JOIN windows AS o ON o.allowance = w.allowance AND o.subject = w.subject
    AND (o.period_start = w.period_start OR (w.counts_until IS NOT NULL AND o.counts_until > @now))
  WHERE w.allowance = @allowance AND w.subject = @subject AND w.period_start = @start AND w.alerts IS NOT NULL`

const markAlerted = `UPDATE windows SET alerted = @percent
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start`

/**
 * Finds the thresholds that were passed in the windows that a transaction changed, notes them, and tells of them when it
 * is on disk: whoever passes a threshold first tells, once a period, however many processes there are.
 */
export const createAlerts = (session: Session): ((touched: Iterable<WindowKey>, now: number) => void) => {
  const { database } = session
  const read = database.prepare<[WindowKey & { now: number }], Row>(readWindow).safeIntegers()
  const mark = database.prepare<[WindowKey & { percent: number }]>(markAlerted)
  return (touched, now) => {
    const crossed: Crossed[] = []
    for (const key of touched) {
      const row = read.get({ ...key, now })
      if (!row?.alerts) continue
      const passed = passedIn(row)
      const highest = passed.at(-1)
      if (highest === undefined) continue
      mark.run({ ...key, percent: highest })
      for (const percent of passed) {
        const { allowance, subject, settled, ceiling } = row
        crossed.push({ allowance, subject, percent, settled, limit: ceiling, start: key.start })
      }
    }
    if (crossed.length > 0) session.tell('crossed', crossed)
  }
}

const passedIn = ({ alerts, ceiling, settled, alerted }: Row): number[] => {
  const percents: readonly number[] = JSON.parse(alerts)
  return percents
    .filter((percent) => percent > alerted && settled > 0n && settled * 10_000n >= ceiling * hundredths(percent))
    .sort((one, other) => one - other)
}

const hundredths = (percent: number): bigint => BigInt(Math.round(percent * 100))

/** Windows that one transaction changed, each once. */
export const createTouched = (): { add(key: WindowKey): void; all(): Iterable<WindowKey> } => {
  const keys = new Map<string, WindowKey>()
  return {
    add: (key) => keys.set(`${key.allowance}\n${key.subject}\n${key.start}`, key),
    all: () => keys.values(),
  }
}

/** The percents as a window keeps them; undefined: nothing to be told of. */
export const alertText = (alerts: readonly number[] | undefined): string | null =>
  alerts === undefined || alerts.length === 0 ? null : JSON.stringify(alerts)
