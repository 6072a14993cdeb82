import process from 'node:process'

/** Exit codes: 0 went well, 1 failed, 2 was asked for something that does not exist. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

/** A line to standard output. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Bigints are written as decimal text, since JSON readers would round them. */
const plain = (_key: string, entry: unknown): unknown => (typeof entry === 'bigint' ? entry.toString() : entry)

/** JSON for people and programs, over several lines. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, plain, 2))

/** JSON on one line, for streams of values. */
export const printJsonLine = (value: unknown): void => print(JSON.stringify(value, plain))

/** To standard error, where neither results nor log lines go. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}
