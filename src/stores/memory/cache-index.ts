import type { CacheRecord } from './cache-record.ts'

const shardCount = 64

/** Records by their key. In many small maps, as a large one stops everything for 100 ms whenever it has to grow. */
export interface CacheIndex {
  readonly size: number
  get(key: string): CacheRecord | undefined
  set(record: CacheRecord): void
  delete(record: CacheRecord): void
  /** Records that can be compared with, of a frame. */
  ofFrame(frame: string): Iterable<CacheRecord>
  all(): Iterable<CacheRecord>
  /** A part of all, another one each time. */
  nextPart(): Iterable<CacheRecord>
}

/** Keys are mostly digests in base64url, whose last letter has little to tell. */
const shardOf = (key: string): number => {
  const { length } = key
  return length < 3 ? length : (key.charCodeAt(length - 2) + 7 * key.charCodeAt(length - 3)) % shardCount
}

export const createCacheIndex = (): CacheIndex => {
  const shards = Array.from({ length: shardCount }, () => new Map<string, CacheRecord>())
  const frames = new Map<string, Set<CacheRecord>>()
  let size = 0
  let part = 0
  const shardFor = (key: string): Map<string, CacheRecord> => shards[shardOf(key)] as Map<string, CacheRecord>

  const leaveFrame = (record: CacheRecord, frame: string): void => {
    const records = frames.get(frame)
    records?.delete(record)
    if (records?.size === 0) frames.delete(frame)
  }
  const joinFrame = (record: CacheRecord, frame: string): void => {
    const records = frames.get(frame)
    if (records) records.add(record)
    else frames.set(frame, new Set([record]))
  }

  return {
    get size() {
      return size
    },
    get: (key) => shardFor(key).get(key),
    set: (record) => {
      shardFor(record.key).set(record.key, record)
      size++
      if (record.likeness) joinFrame(record, record.likeness.frame)
    },
    delete: (record) => {
      if (!shardFor(record.key).delete(record.key)) return
      size--
      if (record.likeness) leaveFrame(record, record.likeness.frame)
    },
    ofFrame: (frame) => frames.get(frame) ?? [],
    *all() {
      for (const shard of shards) yield* shard.values()
    },
    nextPart: () => {
      part = (part + 1) % shardCount
      return (shards[part] as Map<string, CacheRecord>).values()
    },
  }
}
