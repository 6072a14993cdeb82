import { once } from 'node:events'
import { destination } from 'pino'

/** Lines wait until so many bytes are there, or the timer comes, so that a call costs no system call. */
const bufferedBytes = 120 * 1024
/** The largest single write; it must be more than what is buffered. */
const mostAtOnce = 128 * 1024
const flushMs = 1_000
/** How long flushing and closing wait for a destination that takes nothing. */
const patienceMs = 2_000
const lineFeed = 0x0a

/** Where log lines go: a file or a descriptor, written asynchronously, bounded, and in nobody's way. */
export interface Destination {
  /** Takes whole lines. */
  write(lines: string): void
  /** How many lines did not fit, because what is behind is stuck, broken or closed. */
  dropped(): number
  /** Resolves when all that was written before is with the operating system, or after two seconds. */
  flush(): Promise<void>
  /**
   * Flushes and closes, in two seconds at most. False when that did not work: a thread may still wait in the write
   * then, for which `process.exit` waits too, so that only a signal ends the process.
   */
  close(): Promise<boolean>
}

/** Opens a destination that keeps at most `mostBytes` in memory. */
export const openDestination = (to: string | number, mostBytes: number): Destination => {
  let dropped = 0
  let isOpen = false
  let isBroken = false
  let isClosing = false
  let hasGivenUp = false
  const stream = destination({
    dest: to,
    sync: false,
    minLength: bufferedBytes,
    maxWrite: mostAtOnce,
    // In its text mode the length of all that waits is counted anew with every line.
    contentMode: 'buffer',
    maxLength: mostBytes,
    // Asked when a pipe is full. A yes after giving up would keep the process alive, or hang it while it exits.
    retryEAGAIN: () => !hasGivenUp,
  })
  /** Otherwise pino flushes it synchronously when the process exits, and throws or waits for ever. */
  const abandon = (): void => {
    Object.assign(stream, { destroyed: true })
  }
  stream.once('ready', () => {
    isOpen = true
  })
  const lose = (lines: Buffer): void => {
    for (const byte of lines) if (byte === lineFeed) dropped++
  }
  stream.on('drop', lose)
  // There is no other place to tell it: lines stay buffered until the next try, and what does not fit is counted.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isBroken ||= error.code === 'EPIPE' || !isOpen
    if (!isOpen) abandon()
  })
  const timer = setInterval(() => isBroken || stream.flush(), flushMs).unref()
  return {
    write: (lines) => {
      const bytes = Buffer.from(lines)
      if (isBroken || isClosing) lose(bytes)
      else stream.write(bytes as never)
    },
    dropped: () => dropped,
    flush: () =>
      new Promise((resolve) => {
        if (isBroken || isClosing) return resolve()
        setTimeout(resolve, patienceMs).unref()
        stream.flush(() => resolve())
      }),
    close: async () => {
      if (isClosing || isBroken) return isClosing && !hasGivenUp
      isClosing = true
      clearInterval(timer)
      stream.end()
      try {
        await once(stream, 'close', { signal: AbortSignal.timeout(patienceMs) })
      } catch {
        hasGivenUp = true
        abandon()
      }
      return !hasGivenUp
    },
  }
}
