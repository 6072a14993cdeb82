import { resolve } from 'node:path'
import { GatewayError } from '../../core/errors.ts'
import { scopeMismatch } from '../cache-filter.ts'
import type { CacheEntry, CacheFilter, Finding, SimilarEntry } from '../store.ts'
import { createBatch, entryFrom } from './cache-batch.ts'
import type { CacheProcedures } from './cache-desk.ts'
import { type Found, firstPage, type PageStart, type SimilarPage } from './cache-reads.ts'
import { type Channel, type StartedThread, startThread } from './channel.ts'
import type { CacheThreadData } from './messages.ts'

export interface SqliteCacheOptions {
  readonly path: string
  readonly mostBytes: number
  /** Unix milliseconds. */
  readonly now: () => number
  readonly keys?: readonly { readonly id: string; readonly key: Uint8Array }[] | undefined
  /** Told of entries that are not there any more, by key; undefined: too many to be named. */
  readonly gone: (keys: readonly string[] | undefined) => void
  /** Told of what other processes purged. */
  readonly purged: (filters: readonly CacheFilter[]) => void
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void
}

/** What is compared with, and how many of it at most. */
export interface SimilarWish {
  readonly frame: string
  readonly scope: string
  readonly most: number
  readonly now: number
}

/** Answers in a file. Nothing rejects but `purge`. */
export interface DiskCache {
  /** False: nothing is kept there any more. */
  readonly isOn: boolean
  find(key: string, scope: string, now: number, how?: Finding): Promise<CacheEntry | undefined>
  /** Never waits: what comes too fast is left out. */
  put(entry: CacheEntry, now: number): void
  /** Says that an entry is used, which is found elsewhere. */
  use(key: string): void
  /** The newest first. */
  similar(wish: SimilarWish): Promise<readonly SimilarEntry[]>
  /**
   * Counts what is taken away, and of the keys that were taken away elsewhere those that are not here. `gone`: all keys
   * that are gone; undefined: too many to be named.
   */
  purge(
    filter: CacheFilter,
    others: readonly string[],
    now: number,
  ): Promise<{ readonly count: number; readonly gone: readonly string[] | undefined }>
  standing(): DiskStanding
  close(): Promise<void>
}

export interface DiskStanding {
  readonly entries: number
  readonly bytes: number
  readonly mostBytes: number
  /** Entries that were left out: they came too fast, were too large, or the disk was full. */
  readonly dropped: number
}

/** A disk that is slower than this is no quicker than asking upstream. */
const patienceMs = 50
const mostFinds = 256
/** What is collected goes to the thread after so long, or when it is so much. */
const gatherMs = 5
/** How often it is looked what others purged and what has expired. */
const tendMs = 750
const gatherBytes = 262_144
const mostUnderWayBytes = 8_388_608
const mostUsed = 1_000
const mostNamed = 10_000
const mostStale = 10_000
const largestPart = 8
const countTogether = 1_000

/** Opens the file in a thread of its own. One that cannot be used is told of by `warn`. */
export const createSqliteCache = async (options: SqliteCacheOptions): Promise<DiskCache> => {
  const { path, mostBytes, keys = [], warn } = options
  const data: CacheThreadData = { role: 'cache', path: resolve(path), mostBytes, keys }
  const cache = new SqliteCache(startThread<CacheProcedures>(data), options)
  try {
    await cache.open()
  } catch (thrown) {
    warn('Kept answers cannot be written to disk; they are kept in memory only.', { path, why: String(thrown) })
  }
  return cache
}

class SqliteCache implements DiskCache {
  readonly #thread: StartedThread<CacheProcedures>
  readonly #options: SqliteCacheOptions
  readonly #batch = createBatch()
  #channel: Channel<CacheProcedures> | undefined
  #isLost = false
  /** Others, or the next start, may still use what is there. */
  #isInPlace = true
  #used: string[] = []
  #stale: string[] = []
  #gathering: NodeJS.Timeout | undefined
  #underWayBytes = 0
  readonly #underWay = new Set<Promise<void>>()
  #tending: NodeJS.Timeout | undefined
  #finds = 0
  /** The last purge that is known here, and when the first of the batch was put. */
  #seen = 0
  #standing = { entries: 0, bytes: 0 }
  #dropped = 0

  constructor(thread: StartedThread<CacheProcedures>, options: SqliteCacheOptions) {
    this.#thread = thread
    this.#options = options
    thread.on('cacheGone', options.gone)
    thread.on('cacheWarning', ({ message, facts }) => options.warn(message, facts))
    thread.on('cacheLost', ({ isInPlace }) => {
      this.#isLost = true
      this.#isInPlace = isInPlace
    })
    thread.on('cacheStanding', (standing) => {
      this.#standing = standing
    })
    thread.on('cachePurged', ({ filters, last }) => {
      // What was put before this was heard of may be what was purged.
      this.#flush()
      this.#seen = Math.max(this.#seen, last)
      options.purged(filters)
    })
  }

  async open(): Promise<void> {
    const channel = await this.#thread.open()
    this.#channel = channel
    // By the clock of this side: that of the thread may say something else.
    let isTending = false
    const end = (): void => {
      isTending = false
    }
    this.#tending = setInterval(() => {
      if (isTending || this.#isLost) return
      isTending = true
      channel.call('tend', { now: this.#options.now() }).then(end, end)
    }, tendMs).unref()
  }

  get isOn(): boolean {
    return this.#channel !== undefined && !this.#isLost
  }

  put(entry: CacheEntry, now: number): void {
    if (!this.isOn) return
    const bytes = entry.value.byteLength
    const waiting = this.#underWayBytes + this.#batch.bytes
    if (bytes > this.#options.mostBytes / largestPart || (waiting > 0 && waiting + bytes > mostUnderWayBytes))
      this.#leaveOut(entry.key)
    else {
      this.#batch.add(entry)
      if (this.#batch.bytes >= gatherBytes) this.#flush(now)
      else this.#gather()
    }
  }

  use(key: string): void {
    if (!this.isOn || this.#used.length >= mostUsed) return
    this.#used.push(key)
    this.#gather()
  }

  find(key: string, scope: string, now: number, how?: Finding): Promise<CacheEntry | undefined> {
    const channel = this.#channel
    if (!channel || this.#isLost || this.#finds >= mostFinds) return Promise.resolve(undefined)
    if (this.#batch.has(key)) this.#flush(now)
    this.#finds++
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(undefined), patienceMs)
      const end = (found: Found | undefined): void => {
        this.#finds--
        clearTimeout(late)
        resolve(this.#entryOf(found, scope))
      }
      channel.call('find', { key, scope, now, how }).then(end, () => end(undefined))
    })
  }

  async similar({ frame, scope, most, now }: SimilarWish): Promise<readonly SimilarEntry[]> {
    this.#flush(now)
    const found: SimilarEntry[] = []
    try {
      for (let from: PageStart | undefined = firstPage; from && found.length < most; ) {
        const page: SimilarPage | undefined = await this.#channel?.call('similar', { frame, scope, from, now })
        found.push(...(page?.entries ?? []))
        from = page?.next
      }
    } catch {
      // What was read so far can be compared with.
    }
    return found.slice(0, most)
  }

  async purge(filter: CacheFilter, others: readonly string[], now: number) {
    const channel = this.#channel
    if (!channel || this.#isLost) {
      if (this.#isInPlace) throw new GatewayError('store_unavailable', 'The file of kept answers is not in use.')
      return { count: others.length, gone: [] }
    }
    this.#flush(now)
    const id = await channel.call('purge', { filter, now })
    this.#seen = Math.max(this.#seen, id)
    let count = 0
    for (let from = 0; from < others.length; from += countTogether)
      count += await channel.call('missing', others.slice(from, from + countTogether))
    const gone: string[] = []
    for (let isDone = false; !isDone; ) {
      const step = await channel.call('purgeStep', id)
      count += step.count
      if (gone.length <= mostNamed) gone.push(...step.keys)
      isDone = step.isDone
    }
    await channel.call('tidy', undefined)
    return { count, gone: gone.length > mostNamed ? undefined : gone }
  }

  standing(): DiskStanding {
    return { ...this.#standing, mostBytes: this.#options.mostBytes, dropped: this.#dropped }
  }

  async close(): Promise<void> {
    clearInterval(this.#tending)
    this.#flush()
    await Promise.all(this.#underWay)
    await this.#channel?.close().catch(() => {})
    this.#channel = undefined
  }

  #leaveOut(key: string): void {
    this.#dropped++
    // So that the older one, if there is one, does not come up again.
    if (this.#stale.length < mostStale) this.#stale.push(key)
    this.#gather()
  }

  #gather(): void {
    this.#gathering ??= setTimeout(() => this.#flush(), gatherMs).unref()
  }

  #flush(now: number = this.#options.now()): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const { entries, bytes } = this.#batch
    if (entries === 0 && this.#used.length === 0 && this.#stale.length === 0) return
    const batch = this.#batch.take()
    const [used, stale] = [this.#used, this.#stale]
    this.#used = []
    this.#stale = []
    if (this.isOn) this.#send({ batch, used, stale, seen: this.#seen, now, entries }, bytes)
  }

  #send(put: Parameters<CacheProcedures['put']>[0], bytes: number): void {
    this.#underWayBytes += bytes
    const done = (left: number): void => {
      this.#underWayBytes -= bytes
      this.#dropped += left
      this.#underWay.delete(sent)
    }
    const sent: Promise<void> = (this.#channel as Channel<CacheProcedures>)
      .call('put', put)
      .then(done, () => done(put.entries))
    this.#underWay.add(sent)
  }

  #entryOf(found: Found | undefined, scope: string): CacheEntry | undefined {
    if (found?.kind === 'found') return entryFrom(found.body, found.vector)
    if (found?.kind === 'elsewhere') this.#options.warn(...scopeMismatch(scope))
    return undefined
  }
}
