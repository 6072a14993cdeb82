import { setTimeout as sleep } from 'node:timers/promises'
import { type EntryWords, entryOf } from '../core/call-entry.ts'
import { writeEntry } from '../core/entry-text.ts'
import type { CallRecord, Sink } from '../core/record.ts'
import type { CallStore } from '../stores/call-store.ts'

export interface CallSinkOptions {
  readonly store: Pick<CallStore, 'append' | 'retain'>
  readonly words: EntryWords
  /** Unix milliseconds. */
  readonly now: () => number
  /** Records that wait to be written, at most; default 20 000. */
  readonly mostWaiting?: number | undefined
}

/** A sink that keeps records for people, many at a time, and never waits for their store. */
export interface CallSink {
  readonly sink: Sink
  /**
   * Writes what waits; everything that was told before can be read then, unless it was dropped. Never rejects, and waits two
   * seconds at most: whoever looks should see what there is when the disk hangs.
   */
  flush(): Promise<void>
  /** Records that were lost since the start: the store was too slow, or failed. */
  dropped(): number
  /** Records that are not written yet. */
  waiting(): number
  /** Writes what waits, and stops. */
  close(): Promise<void>
}

/**
 * Records that are written down together: one by one it would be done by code that is cold, later with records that are cold,
 * and a text is smaller than a record to wait with.
 */
const mostHeld = 64
/** Texts that go to the store together, and how long the first of them waits for the others. */
const mostTogether = 256
const mostWaitMs = 250
const usualMostWaiting = 20_000
const flushMs = 2_000
/** How often it is looked whether something is too old, and the pause between two steps of taking it away. */
const retainMs = 60_000
const retainPauseMs = 50

/** A sink of calls. What it holds is bounded; beyond that records are dropped and counted, and no call ever waits. */
export const createCallSink = (options: CallSinkOptions): CallSink => {
  const { store, words, now, mostWaiting = usualMostWaiting } = options
  let held: CallRecord[] = []
  let texts: string[] = []
  let timer: NodeJS.Timeout | undefined
  let underWay = 0
  let lost = 0
  const sending = new Set<Promise<void>>()

  const write = (): void => {
    for (const record of held) {
      const text = textOf(record, words)
      if (text === undefined) lost++
      else texts.push(text)
    }
    held = []
  }
  const send = (): void => {
    clearTimeout(timer)
    timer = undefined
    write()
    const count = texts.length
    if (count === 0) return
    underWay += count
    const done = (left: number): void => {
      underWay -= count
      lost += left
      sending.delete(sent)
    }
    const sent: Promise<void> = store.append(texts).then(
      () => done(0),
      () => done(count),
    )
    texts = []
    sending.add(sent)
  }
  const waiting = (): number => held.length + texts.length + underWay
  const upkeep = createUpkeep(() => store.retain(now()))
  return {
    sink: (record) => {
      if (waiting() >= mostWaiting) {
        lost++
        return
      }
      held.push(record)
      if (held.length >= mostHeld) write()
      if (texts.length >= mostTogether) send()
      else timer ??= setTimeout(send, mostWaitMs).unref()
    },
    flush: async () => {
      send()
      const leaving = new AbortController()
      const late = sleep(flushMs, undefined, { signal: leaving.signal, ref: false }).catch(() => {})
      await Promise.race([Promise.all(sending), late])
      leaving.abort()
    },
    dropped: () => lost,
    waiting,
    close: async () => {
      await upkeep.end()
      send()
      await Promise.all(sending)
    },
  }
}

/** Whatever is wrong with a record must not reach whoever told it: then it has no text. */
const textOf = (record: CallRecord, words: EntryWords): string | undefined => {
  try {
    return writeEntry(entryOf(record, words))
  } catch {
    return undefined
  }
}

/** Does a step of work now and then, and the next one soon where there is more to do. */
const createUpkeep = (step: () => Promise<boolean>) => {
  let timer: NodeJS.Timeout | undefined
  let isOn = true
  let underWay: Promise<void> = Promise.resolve()
  const turn = async (): Promise<void> => {
    const isMore = await step().catch(() => false)
    if (isOn) plan(isMore ? retainPauseMs : retainMs)
  }
  const plan = (ms: number): void => {
    timer = setTimeout(() => {
      underWay = turn()
    }, ms).unref()
  }
  plan(retainMs)
  return {
    end: (): Promise<void> => {
      isOn = false
      clearTimeout(timer)
      return underWay
    },
  }
}
