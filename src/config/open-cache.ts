import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { AnswerCache, CacheStanding } from '../stores/store.ts'
import type { CacheConfig, Config } from './config.ts'

/** Answers of a gateway that may never keep any: nothing is opened before it is needed. */
export interface Answers extends AnswerCache {
  /** Opens what is configured, once; until then nothing is found and nothing is kept. Never rejects. */
  open(): Promise<void>
}

type Warn = (message: string, facts: Readonly<Record<string, unknown>>) => void

/** Is there a model whose answers are kept? */
export const keepsAnswers = ({ cache, models }: Pick<Config, 'cache' | 'models'>): boolean =>
  cache.models !== undefined || [...models.values()].some((model) => model.cache !== undefined)

/** With which questions are named, made from what a store keeps secret. */
export const answersSecret = (secret: Uint8Array): Uint8Array =>
  createHmac('sha256', secret).update('tollgate names of questions').digest()

/** Where answers are kept once they are, as it was configured at the start. */
export const createAnswers = ({ memoryBytes, disk, keys }: CacheConfig, warn: Warn): Answers => {
  const listeners: ((keys: readonly string[] | undefined) => void)[] = []
  let inner: AnswerCache | undefined
  let opening: Promise<void> | undefined
  let isClosed = false

  const make = async (): Promise<void> => {
    // Whoever keeps nothing need not load a database.
    const { createAnswerCache } = await import('../stores/cache-tiers.ts')
    const made = await createAnswerCache({ memoryBytes, disk, keys: keys.length === 0 ? undefined : keys, warn })
    for (const gone of listeners) made.listen(gone)
    inner = made
  }
  const open = (): Promise<void> => {
    if (isClosed) return Promise.resolve()
    opening ??= make().catch((error: unknown) => {
      opening = undefined
      warn('Answers cannot be kept.', { error })
    })
    return opening
  }
  return {
    open,
    find: (key, scope, how) => inner?.find(key, scope, how),
    put: (entry) => inner?.put(entry),
    similar: async (frame, scope) => (await inner?.similar(frame, scope)) ?? [],
    purge: async (filter) => {
      // What was kept before the last model stopped keeping is still there.
      if (!inner && disk && existsSync(disk.path)) await open()
      return (await inner?.purge(filter)) ?? 0
    },
    listen: (gone) => {
      listeners.push(gone)
      inner?.listen(gone)
    },
    standing: () => inner?.standing() ?? nothing(memoryBytes),
    close: async () => {
      isClosed = true
      await opening
      await inner?.close()
    },
  }
}

const nothing = (mostBytes: number): CacheStanding => ({
  memory: { entries: 0, bytes: 0, mostBytes },
  disk: undefined,
})
