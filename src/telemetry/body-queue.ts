import { setImmediate as nextTurn } from 'node:timers/promises'
import type { BodiesOf } from '../core/call-bodies.ts'
import type { CutText } from '../core/json-within.ts'
import type { BodyStore, KeptBodies } from '../stores/body-store.ts'
import { fitBodies } from './body-text.ts'

/** What was said in a call, as it came. */
export interface Waiting {
  readonly of: BodiesOf
  readonly request: CutText | undefined
  readonly response: CutText | undefined
  readonly mostBytes: number
}

export interface BodyQueueOptions {
  readonly store: Pick<BodyStore, 'put'>
  /** Masks secrets in texts of any length. */
  mask(text: string): string
  /** What ids of calls pass before they are kept, in records as here. */
  fresh(text: string): string
  /** Bytes that are taken down, or wait to be written, at most; default 32 MiB. */
  readonly mostWaitingBytes?: number | undefined
}

/** What waits to be written, many at a time, within bounds. */
export interface BodyQueue {
  /** Is there room for so many bytes more? Then they are held until `release`. */
  hold(bytes: number): boolean
  release(bytes: number): void
  /** False: there is no room for it. */
  add(waiting: Waiting): boolean
  /** Writes what waits. Never rejects. */
  send(): Promise<void>
  /** Calls that the store did not take. */
  failed(): number
}

const mostTogether = 32
const mostWaitMs = 250
const usualMostWaiting = 32 * 1024 * 1024

export const createBodyQueue = (options: BodyQueueOptions): BodyQueue => {
  const { store, mostWaitingBytes = usualMostWaiting } = options
  let waiting: Waiting[] = []
  let bytes = 0
  let failed = 0
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()

  const hold = (more: number): boolean => {
    if (bytes + more > mostWaitingBytes) return false
    bytes += more
    return true
  }
  const put = async (all: readonly Waiting[]): Promise<void> => {
    try {
      if (all.length > 0) await store.put(await fitAll(all, options))
    } catch {
      failed += all.length
    }
    for (const each of all) bytes -= sizeOf(each)
  }
  const send = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const all = waiting
    waiting = []
    sending = sending.then(() => put(all))
    return sending
  }
  return {
    hold,
    release: (less) => {
      bytes -= less
    },
    add: (each) => {
      if (!hold(sizeOf(each))) return false
      waiting.push(each)
      if (waiting.length >= mostTogether) void send()
      else timer ??= setTimeout(send, mostWaitMs).unref()
      return true
    },
    send,
    failed: () => failed,
  }
}

const sizeOf = ({ request, response }: Waiting): number =>
  1_000 + (request?.text.length ?? 0) + (response?.text.length ?? 0)

/** Masking takes its time, a few milliseconds for a megabyte: other calls have their turn between two of them. */
const fitAll = async (
  all: readonly Waiting[],
  { mask, fresh }: Pick<BodyQueueOptions, 'mask' | 'fresh'>,
): Promise<KeptBodies[]> => {
  const kept: KeptBodies[] = []
  for (const { of, request, response, mostBytes } of all) {
    kept.push({ of: { ...of, call: fresh(of.call) }, bodies: fitBodies(request, response, { mask, mostBytes }) })
    await nextTurn()
  }
  return kept
}
