import { filterMatches } from '../cache-filter.ts'
import type { CacheEntry, CacheFilter, Finding, SimilarEntry } from '../store.ts'
import { createByteLog, createPlace } from './byte-log.ts'
import { createCacheIndex } from './cache-index.ts'
import { type CacheRecord, createRecords, fill, lengthOf, overheadOf, vectorOf, writeTo } from './cache-record.ts'

export interface MemoryCacheOptions {
  readonly mostBytes: number
  /** Told of each entry that made room for others, or has expired. */
  readonly dropped: (key: string) => void
  /** Told of each entry in whose place another one comes. */
  readonly replaced: (key: string) => void
}

/** Answers in the memory of this process, within a bound that counts everything they take. */
export interface MemoryCache {
  /** Counts as a use, unless it is only looked at. The record is good until something is put, purged or swept. What has expired is dropped. */
  find(key: string, now: number, how?: Finding): CacheRecord | undefined
  /** Replaces the one of its key. False: it is too large to be kept here. */
  put(entry: CacheEntry, now: number): boolean
  similar(frame: string, scope: string, now: number): readonly SimilarEntry[]
  /** Gives the keys of those that were there. */
  purge(filter: CacheFilter): readonly string[]
  /** Drops some of those that have expired. */
  sweep(now: number): void
  standing(): { readonly entries: number; readonly bytes: number; readonly mostBytes: number }
}

/** One entry takes at most this part of the memory. */
const largestPart = 8
const largestSegment = 262_144
/** So many are spared because they were used, before one goes all the same. */
const mostSpared = 512

export const createMemoryCache = (options: MemoryCacheOptions): MemoryCache => new LogCache(options)

/**
 * The oldest goes first, unless it was used since it was last spared: then it counts as new. A hit so costs a mark, where
 * a list in order of use would be rearranged.
 */
class LogCache implements MemoryCache {
  readonly #mostBytes: number
  readonly #dropped: (key: string) => void
  readonly #replaced: (key: string) => void
  readonly #segmentBytes: number
  readonly #log
  readonly #index = createCacheIndex()
  readonly #records = createRecords()
  #sparePlace = createPlace()
  #overheadBytes = 0
  #oldest: CacheRecord | undefined
  #newest: CacheRecord | undefined

  constructor({ mostBytes, dropped, replaced }: MemoryCacheOptions) {
    this.#mostBytes = mostBytes
    this.#dropped = dropped
    this.#replaced = replaced
    this.#segmentBytes = Math.min(largestSegment, Math.max(256, Math.floor(mostBytes / 32)))
    this.#log = createByteLog(this.#segmentBytes)
  }

  find(key: string, now: number, how?: Finding): CacheRecord | undefined {
    const record = this.#index.get(key)
    if (!record) return undefined
    if (record.expiresAt <= now) {
      this.#drop(record)
      return undefined
    }
    if (how !== 'look') record.wasUsed = true
    return record
  }

  put(entry: CacheEntry, now: number): boolean {
    const old = this.#index.get(entry.key)
    if (old) {
      this.#remove(old)
      this.#replaced(entry.key)
    }
    const length = lengthOf(entry)
    const overheadBytes = overheadOf(entry)
    if (length + overheadBytes > this.#mostBytes / largestPart) return false
    const record = this.#records.take()
    if (!this.#makeRoom(record, length, overheadBytes, now)) {
      this.#records.give(record)
      return false
    }
    writeTo(record.place, entry)
    fill(record, entry, this.#records.names)
    this.#index.set(record)
    this.#append(record)
    this.#overheadBytes += overheadBytes
    return true
  }

  similar(frame: string, scope: string, now: number): readonly SimilarEntry[] {
    const found: SimilarEntry[] = []
    for (const record of this.#index.ofFrame(frame))
      if (record.scope === scope && record.expiresAt > now && record.likeness)
        found.push({
          key: record.key,
          text: record.likeness.text,
          vector: vectorOf(record),
          expiresAt: record.expiresAt,
        })
    return found
  }

  purge(filter: CacheFilter): readonly string[] {
    const one = filter.key === undefined ? undefined : this.#index.get(filter.key)
    const among = filter.key === undefined ? this.#index.all() : one ? [one] : []
    const found: CacheRecord[] = []
    for (const record of among) if (filterMatches(filter, record)) found.push(record)
    const keys = found.map(({ key }) => key)
    for (const record of found) this.#remove(record)
    // What was purged does not stay behind in memory that nobody needs.
    while (this.#log.shrink());
    return keys
  }

  sweep(now: number): void {
    for (const record of this.#index.nextPart()) if (record.expiresAt <= now) this.#drop(record)
  }

  standing() {
    return {
      entries: this.#index.size,
      bytes: this.#log.bytes + this.#overheadBytes,
      mostBytes: this.#mostBytes,
    }
  }

  #makeRoom({ place }: CacheRecord, length: number, overheadBytes: number, now: number): boolean {
    const spared = { left: mostSpared }
    for (;;) {
      const most = this.#mostBytes - this.#overheadBytes - overheadBytes
      if (this.#log.bytes > most && this.#log.shrink()) continue
      // One segment stays free for those that are spared, and one so that none is handed back to be taken again.
      const mostForNew = most - 2 * this.#segmentBytes
      if (this.#log.busyBytes <= mostForNew && this.#log.take(length, mostForNew, place)) return true
      if (!this.#oldest) return false
      this.#spareOrDrop(this.#oldest, most - this.#segmentBytes, spared, now)
    }
  }

  #spareOrDrop(record: CacheRecord, most: number, spared: { left: number }, now: number): void {
    const deservesIt = record.wasUsed && record.expiresAt > now && spared.left > 0
    if (deservesIt && this.#move(record, most)) {
      record.wasUsed = false
      spared.left--
    } else this.#drop(record)
  }

  #move(record: CacheRecord, most: number): boolean {
    const { place } = record
    if (!this.#log.isAlone(place)) {
      const next = this.#sparePlace
      if (!this.#log.take(place.length, most, next)) return false
      next.segment.bytes.set(place.segment.bytes.subarray(place.offset, place.offset + place.length), next.offset)
      this.#log.give(place)
      record.place = next
      this.#sparePlace = place
    }
    this.#unlink(record)
    this.#append(record)
    return true
  }

  #drop(record: CacheRecord): void {
    const { key } = record
    this.#remove(record)
    this.#dropped(key)
  }

  #remove(record: CacheRecord): void {
    this.#index.delete(record)
    this.#unlink(record)
    this.#log.give(record.place)
    this.#overheadBytes -= record.overheadBytes
    this.#records.give(record)
  }

  #append(record: CacheRecord): void {
    record.older = this.#newest
    record.newer = undefined
    if (this.#newest) this.#newest.newer = record
    else this.#oldest = record
    this.#newest = record
  }

  #unlink(record: CacheRecord): void {
    if (record.older) record.older.newer = record.newer
    else this.#oldest = record.newer
    if (record.newer) record.newer.older = record.older
    else this.#newest = record.older
    record.older = undefined
    record.newer = undefined
  }
}
