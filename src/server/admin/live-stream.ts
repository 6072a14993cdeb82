import type { CallEntry } from '../../core/call-entry.ts'
import type { CallFilter } from '../../stores/call-store.ts'
import { matchesCall } from '../../stores/matching-call.ts'
import type { Live, LiveTick } from '../../telemetry/live.ts'
import { viewOfRow } from './call-views.ts'

export interface LiveWish {
  /** Are single calls told? */
  readonly calls: boolean
  /** Undefined: all of them. */
  readonly where: CallFilter | undefined
  /** A tick as JSON, without its last brace: what one listener missed follows. Asked once for all of them. */
  tickText(tick: LiveTick): string
}

/** Calls that one listener is told of in a second; events that wait for a slow one. */
const mostCalls = 20
const mostWaiting = 64

/** What happens, as server-sent events. Whoever reads too slowly misses events, which are counted, and holds no memory. */
export const liveStream = (live: Live, { calls, where, tickText }: LiveWish): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  let leave: (() => void) | undefined
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        let told = 0
        let dropped = 0
        const send = (event: string, data: string): boolean => {
          if ((controller.desiredSize ?? 0) <= 0) return false
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${data}\n\n`))
          return true
        }
        const call = (read: () => CallEntry): void => {
          if (!calls || (where !== undefined && !matchesCall(read(), where))) return
          if (told >= mostCalls || !send('call', JSON.stringify(viewOfRow(read())))) dropped++
          else told++
        }
        const tick = (now: LiveTick): void => {
          told = 0
          if (send('tick', `${tickText(now)},"dropped":${dropped}}`)) dropped = 0
        }
        controller.enqueue(encoder.encode(': one tick each second\n\n'))
        leave = live.listen({ call, tick, end: () => ended(controller) })
      },
      cancel: () => leave?.(),
    },
    new CountQueuingStrategy({ highWaterMark: mostWaiting }),
  )
}

const ended = (controller: ReadableStreamDefaultController): void => {
  try {
    controller.close()
  } catch {
    // Whoever listened has left.
  }
}
