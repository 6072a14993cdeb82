import { type CallEntry, type EntryWords, entryOf } from '../core/call-entry.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import { LogHistogram } from '../stores/log-histogram.ts'

/** What happened within a stretch of time that ended just now. */
export interface LiveSum {
  readonly calls: number
  readonly errors: number
  /** Nano-dollars, as far as they are known. */
  readonly cost: bigint
}

/** What is told each second. */
export interface LiveTick {
  /** Unix milliseconds. */
  readonly at: number
  readonly second: LiveSum
  readonly minute: LiveSum
  /** For how many seconds of that minute somebody listened: nothing is known of the others. */
  readonly watchedSeconds: number
  /** How long the calls of that minute took; undefined: there was none. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | undefined
}

/** Somebody who follows what happens. Must not throw and must not wait. */
export interface LiveListener {
  /** A call ended; reading what is kept of it costs something, so it is done once and only when somebody wants it. */
  call(read: () => CallEntry): void
  tick(tick: LiveTick): void
  /** There is nothing more to come. */
  end(): void
}

/** What happens, told as it happens to whoever listens. */
export interface Live {
  readonly sink: Sink
  /** Begins with a tick of the second that is not over yet. Gives what ends the listening. */
  listen(listener: LiveListener): () => void
  /** Ends everybody's listening, and lets nobody in any more. */
  close(): void
}

interface Second {
  calls: number
  errors: number
  cost: bigint
  readonly latency: LogHistogram
}

const tickMs = 1_000
const remembered = 60

const nothing = (): Second => ({ calls: 0, errors: 0, cost: 0n, latency: new LogHistogram() })

/** What happens in this process. It costs nothing while nobody listens. */
export const createLive = (words: EntryWords): Live => {
  const listeners = new Set<LiveListener>()
  let seconds: Second[] = [nothing()]
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const tick = (): void => {
    const told = tickOf(seconds)
    seconds.unshift(nothing())
    seconds.length = Math.min(seconds.length, remembered)
    for (const listener of listeners) listener.tick(told)
  }
  const leave = (listener: LiveListener): void => {
    if (!listeners.delete(listener)) return
    listener.end()
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
    seconds = [nothing()]
  }
  return {
    sink: (record) => {
      if (listeners.size === 0) return
      count(seconds[0] ?? nothing(), record)
      let entry: CallEntry | undefined
      const read = (): CallEntry => {
        entry ??= entryOf(record, words)
        return entry
      }
      for (const listener of listeners) listener.call(read)
    },
    listen: (listener) => {
      if (isClosed) {
        listener.end()
        return () => {}
      }
      listeners.add(listener)
      timer ??= setInterval(tick, tickMs).unref()
      listener.tick(tickOf(seconds))
      return () => leave(listener)
    },
    close: () => {
      isClosed = true
      for (const listener of listeners) leave(listener)
    },
  }
}

const count = (second: Second, { outcome, durationMs, attempts, notes }: CallRecord): void => {
  for (const { costNanos } of attempts) if (costNanos !== undefined) second.cost += costNanos
  // What the gateway asks for itself costs, but is no call of anybody.
  if (notes.purpose !== undefined) return
  second.calls++
  if (outcome === 'error') second.errors++
  second.latency.add(durationMs)
}

const tickOf = (seconds: readonly Second[]): LiveTick => {
  const minute = nothing()
  for (const { calls, errors, cost, latency } of seconds) {
    minute.calls += calls
    minute.errors += errors
    minute.cost += cost
    minute.latency.merge(latency)
  }
  const [p50, p95] = [minute.latency.percentile(0.5), minute.latency.percentile(0.95)]
  return {
    at: Date.now(),
    second: sumOf(seconds[0] ?? nothing()),
    minute: sumOf(minute),
    watchedSeconds: seconds.length,
    latencyMs: p50 === undefined || p95 === undefined ? undefined : { p50, p95 },
  }
}

const sumOf = ({ calls, errors, cost }: Second): LiveSum => ({ calls, errors, cost })
