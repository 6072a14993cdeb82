import { existsSync } from 'node:fs'
import type { ObservedStore } from '../stores/feedback-store.ts'
import type { CacheConfig, CallsConfig } from './config.ts'

type Warn = (message: string, facts: Readonly<Record<string, unknown>>) => void

/** Where calls are kept, and what was said in them. */
export interface CallsPlace extends CallsConfig {
  readonly bodiesMs: number
  /** What was said is encrypted with the first; none: it is not. */
  readonly keys: CacheConfig['keys']
}

/** Where calls are kept, as it is configured: opened with the first of them, or when somebody asks. */
export const openCalls = (config: CallsPlace, warn: Warn): ObservedStore => {
  const { path } = config
  let opening: Promise<ObservedStore> | undefined
  const opened = (): Promise<ObservedStore> => {
    opening ??= make(config, warn)
    return opening
  }
  return {
    append: async (texts) => (await opened()).append(texts),
    find: async (id) => (await opened()).find(id),
    list: async (query) => (await opened()).list(query),
    figures: async (query) => (await opened()).figures(query),
    // What was kept before the start becomes too old as well.
    retain: async (now) => (opening || (path && existsSync(path)) ? (await opened()).retain(now) : false),
    feedback: {
      put: async (feedback, of) => (await opened()).feedback.put(feedback, of),
      of: async (call) => (await opened()).feedback.of(call),
      quality: async (query) => (await opened()).feedback.quality(query),
    },
    bodies: {
      put: async (kept) => (await opened()).bodies.put(kept),
      of: async (which) => (await opened()).bodies.of(which),
    },
    close: async () => (await opening)?.close(),
  }
}

/** Whoever keeps nothing on disk need not load a database. */
const make = async ({ path, keys, ...keep }: CallsPlace, warn: Warn): Promise<ObservedStore> => {
  try {
    if (path !== undefined) {
      const { createSqliteCalls } = await import('../stores/sqlite/calls.ts')
      return await createSqliteCalls({ path, keep, keys, warn })
    }
  } catch (error) {
    warn('The file of calls cannot be used; calls are kept in memory.', { path, error })
  }
  const { createMemoryCalls } = await import('../stores/memory/calls.ts')
  return createMemoryCalls(keep)
}
