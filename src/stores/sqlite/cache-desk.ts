import { GatewayError } from '../../core/errors.ts'
import type { CacheFilter, Finding } from '../store.ts'
import { isOfNoUse, openCacheFile, reasonOf, setAside } from './cache-file.ts'
import type { PurgeStep } from './cache-purges.ts'
import type { Found, SimilarPage, SimilarQuery } from './cache-reads.ts'
import { type CacheWork, createCacheWork } from './cache-work.ts'
import type { CachePut } from './cache-writes.ts'
import { failureOf } from './failures.ts'
import type { CacheThreadData } from './messages.ts'
import type { Session } from './session.ts'

/** What the thread of kept answers can be asked for; `now` is the clock of whoever asks. Only purging fails. */
export type CacheProcedures = {
  /** Gives how many were left out. */
  put(argument: CachePut & { readonly now: number; readonly entries: number }): number
  find(argument: {
    readonly key: string
    readonly scope: string
    readonly now: number
    readonly how?: Finding
  }): Found | undefined
  similar(argument: SimilarQuery & { readonly now: number }): SimilarPage
  /** Gives the number of the purge, which is then gone on with by `purgeStep`. */
  purge(argument: { readonly filter: CacheFilter; readonly now: number }): number
  purgeStep(id: number): PurgeStep
  /** How many of these are not there. */
  missing(keys: readonly string[]): number
  /** Looks what others purged, and takes away what has expired. */
  tend(argument: { readonly now: number }): void
  /** What was purged does not stay behind in the journal of the database. */
  tidy(argument: undefined): void
}

export interface OpenCacheDesk {
  readonly procedures: CacheProcedures
  readonly session: undefined
  close(): void
}

/** For so long the same trouble is not told of again. */
const quietMs = 600_000

/** The file of kept answers, in a thread of its own. What is wrong with it is told, and then nothing is there. */
export const openCacheDesk = (data: CacheThreadData, tell: Session['tell']): OpenCacheDesk => {
  let time = Date.now()
  const life = createLife(data, { tell, now: () => time })
  const standing = createStandingTeller(tell)
  const { guard } = life

  guard((work) => standing(work), undefined)

  const at = <A extends { readonly now: number }, R>(work: (argument: A) => R) => {
    return (argument: A): R => {
      time = argument.now
      return work(argument)
    }
  }
  return {
    session: undefined,
    procedures: {
      put: at((put) => guard((work) => work.session.transact(() => work.put(put)), put.entries)),
      find: at(({ key, scope, how }) =>
        guard((work) => checked(work.find(key, scope), work, { warn: life.warn, how }), undefined),
      ),
      similar: at((query) => guard((work) => work.similar(query), { entries: [], next: undefined })),
      purge: at(({ filter }) => life.orFail((work) => work.session.transact(() => work.purges.begin(filter)))),
      purgeStep: (id) => life.orFail((work) => work.session.transact(() => work.purges.step(id))),
      missing: (keys) => life.orFail((work) => keys.filter((key) => !work.isThere(key)).length),
      tend: at(() => {
        guard((work) => work.look(), undefined)
        guard((work) => work.tend(), undefined)
        guard((work) => standing(work), undefined)
      }),
      tidy: () =>
        guard((work) => {
          work.session.database.pragma('wal_checkpoint(TRUNCATE)')
          standing(work)
        }, undefined),
    },
    close: () => life.end(),
  }
}

/** What is damaged is taken away; what is found has been used. */
const checked = (
  found: Found | undefined,
  work: CacheWork,
  { warn, how }: { readonly warn: Warn; readonly how: Finding },
): Found | undefined => {
  if (found?.kind === 'found') {
    if (how !== 'look') work.room.mark(found.id)
    // A part of a larger piece of memory would cross to the other thread with all of it.
    return { ...found, body: new Uint8Array(found.body), vector: found.vector && new Uint8Array(found.vector) }
  }
  if (found?.kind !== 'damaged') return found
  warn('A kept answer was damaged or changed on disk; it was dropped.', { event: 'cache_entry_damaged' })
  work.session.transact(() => work.remove(found.id))
  return undefined
}

type Warn = (message: string, facts?: Readonly<Record<string, string>>) => void

const createWarn = ({ path }: CacheThreadData, tell: Session['tell']): Warn => {
  const toldAt = new Map<string, number>()
  return (message, facts = {}) => {
    const now = performance.now()
    if (now - (toldAt.get(message) ?? Number.NEGATIVE_INFINITY) < quietMs) return
    toldAt.set(message, now)
    tell('cacheWarning', { message, facts: { path, ...facts } })
  }
}

const createStandingTeller = (tell: Session['tell']) => {
  let told = ''
  return (work: CacheWork): void => {
    const standing = work.room.standing()
    const text = `${standing.entries} ${standing.bytes}`
    if (text !== told) tell('cacheStanding', standing)
    told = text
  }
}

/** The connection from its opening to its end, which may come at any time. */
const createLife = (data: CacheThreadData, around: { readonly tell: Session['tell']; now(): number }) => {
  const { path } = data
  const { tell } = around
  const warn = createWarn(data, tell)
  let work: CacheWork | undefined

  const close = (): void => {
    try {
      work?.session.end()
      work?.session.database.close()
    } catch {
      // It is of no use any more, whatever becomes of it.
    }
    work = undefined
  }

  const moveAway = (thrown: unknown): string | undefined => {
    try {
      return isOfNoUse(thrown) ? setAside(path) : undefined
    } catch {
      return undefined
    }
  }

  const lose = (thrown: unknown): void => {
    close()
    const to = moveAway(thrown)
    warn('The file of kept answers cannot be used any more; answers are kept in memory only.', {
      why: reasonOf(thrown, path),
      ...(to === undefined ? {} : { setAside: to }),
    })
    tell('cacheLost', { isInPlace: to === undefined })
  }

  const fail = (thrown: unknown): void => {
    const { code } = failureOf(thrown)
    // Somebody else writes for long: this once it was not there.
    if (code.startsWith('SQLITE_BUSY')) return
    if (code.startsWith('SQLITE_FULL'))
      warn('The disk of kept answers is full; new answers are kept in memory only until there is room.')
    else lose(thrown)
  }

  const open = (): void => {
    try {
      const { database, setAside } = openCacheFile(path)
      if (setAside)
        warn('The file of kept answers could not be used and was set aside; a new one was begun.', {
          why: setAside.why,
          setAside: setAside.to,
        })
      work = createCacheWork(database, data, around)
    } catch (thrown) {
      warn('The file of kept answers cannot be used; answers are kept in memory only.', { why: reasonOf(thrown, path) })
      tell('cacheLost', { isInPlace: true })
    }
  }

  open()
  return {
    warn,
    guard: <T>(act: (work: CacheWork) => T, otherwise: T): T => {
      if (!work) return otherwise
      try {
        return act(work)
      } catch (thrown) {
        fail(thrown)
        return otherwise
      }
    },
    orFail: <T>(act: (work: CacheWork) => T): T => {
      if (!work) throw new GatewayError('store_unavailable', 'The file of kept answers is not in use.')
      try {
        return act(work)
      } catch (thrown) {
        fail(thrown)
        throw new GatewayError('store_unavailable', 'Kept answers could not be purged on disk.', { cause: thrown })
      }
    },
    end: () => {
      try {
        work?.tend()
      } catch {
        // It is done at the next start.
      }
      close()
    },
  }
}
