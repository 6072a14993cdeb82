import { type ErrorCode, errorTable, GatewayError } from '../../core/errors.ts'
import type { Failure } from './messages.ts'

interface Words {
  /** For callers: nothing of the machine is in it. */
  readonly what: string
  /** For operators, after the path. */
  readonly advice: string
}

/** What the database's codes mean for whom. The longest beginning of a code that is listed counts. */
const words: Readonly<Record<string, Words>> = {
  SQLITE_FULL: {
    what: 'its disk is full',
    advice: 'cannot grow: its disk is full. Free some space there; the gateway then goes on by itself.',
  },
  SQLITE_READONLY: {
    what: 'it is read-only',
    advice:
      'cannot be written. Check that this user may write the file and its folder, and that the disk is not mounted read-only.',
  },
  SQLITE_BUSY: {
    what: 'it is locked',
    advice:
      'has been locked by another process for too long. Look for a process that was stopped, or a tool that keeps the file open in a transaction.',
  },
  SQLITE_IOERR: {
    what: 'its disk fails',
    advice:
      'could not be read or written: the disk reports an error. Check the disk; nothing has to be restarted when it works again.',
  },
  SQLITE_CORRUPT: {
    what: 'its file is damaged',
    advice:
      'is damaged. Stop the gateway, keep the file, and put a backup in its place (or try `sqlite3 <file> .recover`).',
  },
  SQLITE_NOTADB: {
    what: 'its file is damaged',
    advice: 'is not an SQLite database. It was not touched. Name another file, or put a backup in its place.',
  },
  SQLITE_CANTOPEN: {
    what: 'its file cannot be opened',
    advice: 'cannot be opened. Check the path, and that this user may read and write the file and its folder.',
  },
}

const wordsFor = (code: string): Words | undefined => {
  for (let key = code; key !== 'SQLITE'; key = key.slice(0, key.lastIndexOf('_'))) {
    const found = words[key]
    if (found) return found
    if (!key.includes('_')) return undefined
  }
  return undefined
}

/** Is this the database's way of saying that somebody else is writing? */
export const isBusy = (thrown: unknown): boolean => codeOf(thrown).startsWith('SQLITE_BUSY')

const codeOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : ''

/** What was thrown in a thread, as data. */
export const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof GatewayError)
    return { code: thrown.code, message: thrown.message, param: thrown.details.param, stack: thrown.stack }
  const code = codeOf(thrown)
  if (thrown instanceof Error) return { code, message: thrown.message, stack: thrown.stack }
  return { code, message: String(thrown) }
}

const isOurs = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

/** The sentence for operators: what, which file, what to do. */
export const operatorsSentence = (failure: Failure, path: string): string => {
  const found = wordsFor(failure.code)
  if (found) return `${path} ${found.advice} (${failure.code}: ${failure.message})`
  return `${path}: the store failed. (${failure.code === '' ? '' : `${failure.code}: `}${failure.message})`
}

const causeOf = (failure: Failure, path: string): Error => {
  const cause = new Error(operatorsSentence(failure, path))
  if (failure.stack !== undefined) cause.stack = `${cause.name}: ${cause.message}\n${failure.stack}`
  return cause
}

/**
 * What a failure of the store is for those who asked: `store_unavailable` with a message that may be shown to callers,
 * its cause for operators. What a procedure refused by itself keeps its code.
 */
export const errorOf = (failure: Failure, path: string): GatewayError => {
  const { code, message, param } = failure
  if (isOurs(code)) return new GatewayError(code, message, { param, cause: causeOf(failure, path) })
  const what = wordsFor(code)?.what ?? 'it failed'
  return new GatewayError(
    'store_unavailable',
    `The store of limits and budgets cannot be used at the moment: ${what}.`,
    {
      cause: causeOf(failure, path),
    },
  )
}

/** Why a store cannot be opened: `store_unavailable`, its message for operators. */
export const unusable = (failure: Failure, path: string): GatewayError =>
  new GatewayError('store_unavailable', isOurs(failure.code) ? failure.message : operatorsSentence(failure, path), {
    cause: causeOf(failure, path),
  })
