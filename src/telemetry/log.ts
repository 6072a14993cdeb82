import { type Logger, pino } from 'pino'
import type { CallRecord } from '../core/record.ts'
import { callFacts, levelOf, type Redacting } from './call-line.ts'
import { openDestination } from './destination.ts'
import { redactFacts } from './log-facts.ts'

/** What is worth a line; `silent` is nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface LogSettings {
  readonly level: LogLevel
  /** A file (appended to) or a file descriptor; default: standard output. */
  readonly destination?: string | number | undefined
  /** What every text passes before it is written. */
  readonly redact: (text: string) => string
  /** Most bytes that wait for a stuck destination; default 4 MiB. Further lines are dropped and counted. */
  readonly mostBytes?: number | undefined
}

/** The log: one JSON object per line, redacted, buffered, never waiting, never throwing. */
export interface Log {
  readonly logger: Logger
  /** One line for each call, made more cheaply than the general way, since every call writes one. */
  calls(records: readonly CallRecord[]): void
  /** How many lines were lost because the destination was stuck, broken or closed. */
  dropped(): number
  flush(): Promise<void>
  /**
   * Flushes and closes; later lines are dropped. False when the destination took nothing for two seconds: a thread may
   * still wait in the write then, for which `process.exit` waits too, so that only a signal ends the process.
   */
  close(): Promise<boolean>
}

/** A log. Throws nothing: a destination that cannot be opened or written shows in `dropped`. */
export const createLog = (settings: LogSettings): Log => {
  const { level, redact } = settings
  const destination = openDestination(settings.destination ?? 1, settings.mostBytes ?? 4 * 1024 * 1024)
  const timestamp = createTimestamp()
  const redacting: Redacting = { known: createMemory(redact), fresh: redact }
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${timestamp()}"`,
      formatters: { level: (label) => ({ level: label }), log: (facts) => redactFacts(facts, redact) },
      // Errors were described by the formatter already.
      serializers: { err: (described) => described, message: redact },
    },
    destination,
  )
  return {
    logger,
    calls: (records) => {
      let lines = ''
      for (const record of records) {
        const level = levelOf(record)
        if (!logger.isLevelEnabled(level)) continue
        // An internal error has a stack and causes to describe, which is the logger's own work.
        if (record.error === 'internal') logger[level](callFacts(record, redacting), 'call')
        else {
          const frame = { level, time: timestamp(), message: 'call' }
          lines += `${JSON.stringify(callFacts(record, redacting, frame))}\n`
        }
      }
      if (lines !== '') destination.write(lines)
    },
    dropped: destination.dropped,
    flush: destination.flush,
    close: destination.close,
  }
}

const mostRemembered = 2_000
const longestRemembered = 128

/** The same few names stand in every line of a call: their redacted form is looked up. What is new each time is not kept. */
const createMemory = (redact: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const redacted = redact(text)
    if (known.size < mostRemembered && text.length <= longestRemembered) known.set(text, redacted)
    return redacted
  }
}

/** The time in ISO 8601; its seconds are written once and kept, which saves a tenth of a line's cost. */
const createTimestamp = (): (() => string) => {
  let second = Number.NaN
  let written = ''
  return () => {
    const now = Date.now()
    const ms = now % 1_000
    if (now - ms !== second) {
      second = now - ms
      written = new Date(second).toISOString().slice(0, 20)
    }
    return `${written}${String(ms).padStart(3, '0')}Z`
  }
}
