import { type Channel, closedError, startThread } from './channel.ts'
import type { ThreadData } from './messages.ts'
import type { Procedures } from './session.ts'

/** What can be asked of a thread. */
export type Questions<P extends Procedures> = Pick<Channel<P>, 'call' | 'close'>

/** Starting it again takes about 50 ms; an idle one takes some 15 MB. */
const idleMs = 10_000

/** A thread that starts when it is first asked, and ends when nobody has asked for a while. */
export const lazyThread = <P extends Procedures>(data: ThreadData): Questions<P> => {
  let running: Promise<Channel<P>> | undefined
  let underWay = 0
  let idle: NodeJS.Timeout | undefined
  let isClosed = false

  const end = async (): Promise<void> => {
    clearTimeout(idle)
    const ending = running
    running = undefined
    // One that never opened has nothing to be closed.
    const channel = await ending?.catch(() => undefined)
    await channel?.close()
  }
  const open = (): Promise<Channel<P>> => {
    const opening = startThread<P>(data).open()
    opening.catch(() => {
      if (running === opening) running = undefined
    })
    return opening
  }

  return {
    call: async (name, argument) => {
      if (isClosed) throw closedError()
      clearTimeout(idle)
      underWay++
      try {
        running ??= open()
        const channel = await running
        return await channel.call(name, argument)
      } finally {
        underWay--
        if (underWay === 0 && !isClosed) idle = setTimeout(() => void end().catch(() => {}), idleMs).unref()
      }
    },
    close: async () => {
      isClosed = true
      await end()
    },
  }
}
