import type { CallRecord, Sink } from '../core/record.ts'

/** Told of many finished calls at once. */
export type Gathering = (records: readonly CallRecord[]) => void

/** A sink that gathers records and tells others many at a time. */
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
export const createBatch = (sinks: readonly Gathering[]): Batch => {
  let waiting: CallRecord[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const records = waiting
    waiting = []
    if (records.length > 0) for (const sink of sinks) sink(records)
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

/** Tells a sink of one call of many after the other. */
export const oneByOne =
  (sink: Sink): Gathering =>
  (records) => {
    for (const record of records) sink(record)
  }
