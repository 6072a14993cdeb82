import { dirname, resolve } from 'node:path'
import { shown } from './complaints.ts'
import type { StoreConfig } from './config.ts'
import type { Complain } from './issues.ts'

/** Where a store may be written down, the strongest first. */
export interface StoreSources {
  /** By hand, on the command line. */
  readonly option?: string | undefined
  /** The environment variable TOLLGATE_STORE. */
  readonly variable?: string | undefined
  readonly written?: string | undefined
  /** The configuration file, which what is written there is relative to. */
  readonly file?: string | undefined
  /** What the rest is relative to. Default: the working directory. */
  readonly directory?: string | undefined
  /** Where nothing is said: a file for a server, memory for anything else. */
  readonly usual: string
  readonly complain: Complain
}

/** Where a server keeps its money and limits unless it is told otherwise. */
export const usualStore = 'sqlite:./tollgate.db'

/** Where everything is kept that must outlive a call. */
export const resolveStore = (sources: StoreSources): StoreConfig => {
  const { option, variable, written, file, usual, complain } = sources
  const directory = sources.directory ?? '.'
  const where = option ?? (variable || undefined)
  const text = where ?? written ?? usual
  const isOfFile = where === undefined && written !== undefined && file !== undefined
  const problem = storeProblem(text)
  if (problem === undefined) return storeFrom(text, isOfFile ? dirname(file) : directory)
  const from =
    option !== undefined ? '--store: ' : where !== undefined ? 'the environment variable TOLLGATE_STORE: ' : ''
  complain(['store'], from + problem)
  return { kind: 'memory' }
}

const storeFrom = (text: string, directory: string): StoreConfig =>
  isMemory(text) ? { kind: 'memory' } : { kind: 'sqlite', path: resolve(directory, text.slice('sqlite:'.length)) }

/** With a colon it needs quotes in YAML. */
const isMemory = (text: string): boolean => text === 'memory' || text === 'memory:'

const storeProblem = (text: string): string | undefined => {
  if (isMemory(text)) return undefined
  const expected = 'expected sqlite: with the path of a file, such as sqlite:./tollgate.db, or memory'
  if (!text.startsWith('sqlite:')) return `${expected}, got ${shown(text)}`
  const path = text.slice('sqlite:'.length)
  if (path === '' || path === ':memory:' || path.startsWith('//') || /\p{Cc}/u.test(path)) return expected
  return undefined
}
