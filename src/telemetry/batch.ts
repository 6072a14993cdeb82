import type { CallRecord, Sink } from '../core/record.ts'

/** A sink that gathers records and tells the others many at a time. */
export interface Batch {
  readonly sink: Sink
  /** Tells at once what waits. */
  flush(): void
}

/** Records that wait at most, in number and in time. */
const mostWaiting = 64
const mostWaitMs = 20

/**
 * Tells sinks of many calls in one go. One at a time, between two calls, the code of a log line is cold whenever it
 * runs, and costs several times what it does in a row.
 */
export const createBatch = (sinks: readonly Sink[]): Batch => {
  let waiting: CallRecord[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const records = waiting
    waiting = []
    for (const sink of sinks) for (const record of records) sink(record)
  }
  return {
    sink: (record) => {
      waiting.push(record)
      if (waiting.length >= mostWaiting) flush()
      else timer ??= setTimeout(flush, mostWaitMs).unref()
    },
    flush,
  }
}
