import type { Answering, Bell, Ring } from './bell.ts'
import type { Report } from './failing.ts'
import { Places } from './places.ts'

export interface EmbeddedOptions {
  /** Calls back when any process made a job that is due in the store that they share; returns how to stop. */
  readonly watch: (changed: () => void) => () => void
  readonly report: Report
}

/**
 * The bell without an engine: rings reach the workers of this process at once, and those of others by what they see in the store that
 * they share. It carries nothing, so it has nothing to lose.
 */
export const createEmbeddedBell = ({ watch, report }: EmbeddedOptions): Bell => {
  const all = new Map<Places, Answering>()
  const wake = (rings: readonly Ring[]): void => {
    for (const places of all.keys()) places.wake(rings)
  }
  return {
    ring: async (rings) => {
      if (rings.length > 0) wake(rings)
    },
    // Whoever is awake finds out by itself whether there are any.
    look: async () => wake([]),
    answer: (answerer) => {
      const places = new Places(answerer, { report })
      const unwatch = watch(() => places.wake([]))
      const close = (): Promise<void> => {
        unwatch()
        all.delete(places)
        return places.close()
      }
      all.set(places, { close })
      // Jobs may have been there before it.
      places.wake([])
      return { close }
    },
    waiting: async () => undefined,
    close: async () => {
      await Promise.all([...all.values()].map((answering) => answering.close()))
    },
  }
}
