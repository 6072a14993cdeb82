import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { splitTarget } from '../config/names.ts'
import { createAnswers } from '../config/open-cache.ts'
import type { Control } from '../control/control.ts'
import { createControl } from '../control/create-control.ts'
import { callerDoors } from '../core/doors.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { Failure } from './failure.ts'
import { loadForCli } from './load.ts'
import { tell } from './output.ts'

/** Which store a command works on, and how it tells what it found. */
export interface StoreOptions {
  readonly config?: string
  readonly store?: string
  readonly json?: boolean
}

/** What a command does beyond looking at a store. */
interface Reach {
  /** Is a file made that is not there? */
  readonly makes?: boolean
  /** Does it count kept answers, so that their file must be open? */
  readonly counts?: boolean
}

/**
 * Opens the store that a server with the same options would have, works on it as an administrator, and closes it. A
 * file that is not there is made only where `makes` says so. Throws Failure when there is no store to work on.
 */
export const withControl = async (
  { config: file, store: address, makes = false, counts = false }: StoreOptions & Reach,
  work: (control: Control) => Promise<void>,
): Promise<void> => {
  const config = await loadForCli(file, { listens: true, store: address })
  const path = pathOf(config)
  const isNew = !existsSync(path)
  if (isNew && !makes) throw missing(path)
  const store = await createSqliteStore(path)
  const answers = createAnswers({ ...config.cache, memoryBytes: 0 }, tellWarning)
  if (isNew) tell(`-- ${path} is new.`)
  try {
    if (counts && config.cache.disk && existsSync(config.cache.disk.path)) await answers.open()
    const secret = await store.control.secret()
    const known = {
      isModel: (name: string) => isServed(config, name),
      isEndpoint: (name: string) => config.webhooks.has(name),
      doors: callerDoors,
    }
    await work(createControl({ store, secret, answers, declared: config, ...known }))
  } finally {
    await answers.close()
    await store.close()
  }
}

const tellWarning = (message: string): void => tell(`-- ${message}`)

const pathOf = ({ store }: Config): string => {
  if (store.kind === 'sqlite') return store.path
  throw new Failure(
    'The store is the memory of the server itself, which no command reaches. Name a file by --store or in the configuration, such as sqlite:./tollgate.db, or use the administrators’ door of the server.',
  )
}

const missing = (path: string): Failure =>
  new Failure(
    `There is no store at ${path}. "tollgate serve" makes it, and so does "tollgate keys create"; another is named by --store.`,
  )

/** A public model, or any model of a provider that is there. */
const isServed = ({ models, providers }: Config, name: string): boolean => {
  const provider = splitTarget(name)?.provider
  return models.has(name) || (provider !== undefined && providers.has(provider))
}
