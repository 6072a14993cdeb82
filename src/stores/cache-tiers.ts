import { filterMatches, scopeMismatch } from './cache-filter.ts'
import { createMemoryCache, type MemoryCache } from './memory/cache.ts'
import { entryOf } from './memory/cache-record.ts'
import { createSqliteCache, type DiskCache } from './sqlite/cache.ts'
import type { AnswerCache, CacheEntry, CacheFilter, Finding, SimilarEntry } from './store.ts'

/** Where answers are kept, how much of them, and how. */
export interface AnswerCacheOptions {
  /** 0: nothing is kept in memory. */
  readonly memoryBytes: number
  /** Undefined: nothing is kept beyond this process. */
  readonly disk?: { readonly path: string; readonly mostBytes: number } | undefined
  /** 32 bytes with which kept values are encrypted, by key id; the first encrypts, all decrypt. Undefined: as they are. */
  readonly keys?: readonly { readonly id: string; readonly key: Uint8Array }[] | undefined
  /** Unix milliseconds. */
  readonly now?: (() => number) | undefined
  /** Told of what an operator must know: a file that was set aside, a disk that is full, a value of another scope. */
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void
}

/** The most that are compared with, the newest. */
const mostSimilar = 20_000
/** The disk hears this often that an entry is still used that memory gives. */
const tellUseMs = 600_000
const sweepMs = 500

/**
 * Answers in memory, and behind it in a file where one is named. A file that cannot be used is no failure: then answers
 * are kept in memory only.
 */
export const createAnswerCache = async (options: AnswerCacheOptions): Promise<AnswerCache> => {
  const { memoryBytes, disk: file, keys, now = Date.now, warn } = options
  const tiers = new Tiers(memoryBytes, now, warn)
  if (file) tiers.disk = await createSqliteCache({ ...file, keys, now, warn, ...tiers.fromDisk })
  return tiers
}

interface Sought {
  readonly key: string
  readonly scope: string
  readonly how: Finding
}

class Tiers implements AnswerCache {
  disk: DiskCache | undefined
  /** What the disk tells of. */
  readonly fromDisk = {
    gone: (keys: readonly string[] | undefined): void => this.#tell(keys),
    purged: (filters: readonly CacheFilter[]): void => this.#purgedElsewhere(filters),
  }
  readonly #memory: MemoryCache
  readonly #now: () => number
  readonly #warn: AnswerCacheOptions['warn']
  readonly #listeners: ((keys: readonly string[] | undefined) => void)[] = []
  /** What is being purged: nothing of it may come up from the disk. */
  readonly #purging = new Set<CacheFilter>()
  readonly #sweep: NodeJS.Timeout
  #purges = 0
  #isClosed = false

  constructor(memoryBytes: number, now: () => number, warn: AnswerCacheOptions['warn']) {
    this.#now = now
    this.#warn = warn
    this.#memory = createMemoryCache({
      mostBytes: memoryBytes,
      // It is not gone while the disk may have it.
      dropped: (key) => {
        if (!this.disk?.isOn) this.#tell([key])
      },
      replaced: (key) => this.#tell([key]),
    })
    this.#sweep = setInterval(() => this.#memory.sweep(now()), sweepMs).unref()
  }

  find(key: string, scope: string, how?: Finding): CacheEntry | undefined | Promise<CacheEntry | undefined> {
    const now = this.#now()
    const record = this.#memory.find(key, now, how)
    if (!record) return this.disk?.isOn ? this.#findOnDisk(this.disk, { key, scope, how }) : undefined
    if (record.scope !== scope) {
      this.#warn(...scopeMismatch(scope))
      return undefined
    }
    if (how !== 'look' && now - record.toldAt > tellUseMs) {
      record.toldAt = now
      this.disk?.use(key)
    }
    return entryOf(record)
  }

  put(entry: CacheEntry): void {
    const now = this.#now()
    if (this.#isClosed || entry.expiresAt <= now) return
    this.#memory.put(entry, now)
    this.disk?.put(entry, now)
  }

  async similar(frame: string, scope: string): Promise<readonly SimilarEntry[]> {
    const purges = this.#purges
    const kept = this.disk?.isOn ? await this.disk.similar({ frame, scope, most: mostSimilar, now: this.#now() }) : []
    const found = new Map<string, SimilarEntry>()
    for (const entry of this.#memory.similar(frame, scope, this.#now())) found.set(entry.key, entry)
    // What was read while something was purged may be what was purged.
    if (purges === this.#purges && this.#purging.size === 0)
      for (const entry of kept) if (found.size < mostSimilar && !found.has(entry.key)) found.set(entry.key, entry)
    return [...found.values()].slice(0, mostSimilar)
  }

  async purge(filter: CacheFilter): Promise<number> {
    const keys = this.#memory.purge(filter)
    this.#purges++
    if (keys.length > 0) this.#tell(keys)
    if (!this.disk) return keys.length
    this.#purging.add(filter)
    try {
      const { count, gone } = await this.disk.purge(filter, keys, this.#now())
      if (gone === undefined || gone.length > 0) this.#tell(gone)
      return count
    } finally {
      this.#purging.delete(filter)
    }
  }

  listen(gone: (keys: readonly string[] | undefined) => void): void {
    this.#listeners.push(gone)
  }

  standing() {
    return { memory: this.#memory.standing(), disk: this.disk?.standing() }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweep)
    await this.disk?.close()
  }

  async #findOnDisk(disk: DiskCache, { key, scope, how }: Sought): Promise<CacheEntry | undefined> {
    const entry = await disk.find(key, scope, this.#now(), how)
    const now = this.#now()
    // One that was put meanwhile is newer, also than none at all.
    const newer = this.#memory.find(key, now, how)
    if (newer) return newer.scope === scope ? entryOf(newer) : undefined
    if (!entry || this.#isBeingPurged(entry)) return undefined
    if (entry.expiresAt <= now) return undefined
    if (how !== 'look') this.#memory.put(entry, now)
    return entry
  }

  #isBeingPurged(entry: CacheEntry): boolean {
    for (const filter of this.#purging) if (filterMatches(filter, entry)) return true
    return false
  }

  #purgedElsewhere(filters: readonly CacheFilter[]): void {
    this.#purges++
    for (const filter of filters) this.#memory.purge(filter)
    // Which of those on disk it was is not known here.
    const keys = filters.map(({ key }) => key)
    this.#tell(keys.includes(undefined) ? undefined : keys.filter((key) => key !== undefined))
  }

  #tell(keys: readonly string[] | undefined): void {
    for (const listener of this.#listeners) listener(keys)
  }
}
