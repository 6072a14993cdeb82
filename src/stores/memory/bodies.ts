import type { BodiesOf } from '../../core/call-bodies.ts'
import type { BodyStore, KeptBodies } from '../body-store.ts'

/** Bytes of texts that are kept at most; the oldest go first. */
const mostBytes = 64 * 1024 * 1024

/** What was said in calls, forgotten with its process. */
export interface MemoryBodies extends BodyStore {
  /** Forgets what is older than this, in Unix milliseconds. */
  forget(before: number): void
}

const sizeOf = ({ bodies }: KeptBodies): number => 2 * ((bodies.request?.length ?? 0) + (bodies.response?.length ?? 0))

const isSame = (one: BodiesOf, other: BodiesOf): boolean =>
  one.call === other.call &&
  one.startedAt === other.startedAt &&
  one.org === other.org &&
  one.team === other.team &&
  one.key === other.key

export const createMemoryBodies = (): MemoryBodies => {
  const all: KeptBodies[] = []
  let bytes = 0
  const drop = (kept: KeptBodies | undefined): void => {
    if (kept) bytes -= sizeOf(kept)
  }
  return {
    put: async (kept) => {
      for (const each of kept) {
        all.push(each)
        bytes += sizeOf(each)
      }
      while (bytes > mostBytes) drop(all.shift())
    },
    of: async (which) => all.findLast(({ of }) => isSame(of, which))?.bodies,
    forget: (before) => {
      while (all[0] !== undefined && all[0].of.startedAt < before) drop(all.shift())
    },
  }
}
