import type { CacheEntry } from '../store.ts'
import { createPlace, type Place } from './byte-log.ts'

type Changeable<T> = { -readonly [Name in keyof T]: T[Name] }

/** An entry as it is kept in memory: its value, and the vector behind it, lie in the log. */
export interface CacheRecord extends Changeable<Omit<CacheEntry, 'value' | 'likeness'>> {
  likeness: { readonly frame: string; readonly text: string } | undefined
  valueBytes: number
  /** What it takes beside its place. */
  overheadBytes: number
  place: Place
  /** Was it found since it was last moved? */
  wasUsed: boolean
  /** Unix milliseconds at which the disk was last told of its use. */
  toldAt: number
  older: CacheRecord | undefined
  newer: CacheRecord | undefined
}

/**
 * The object, its boxed times, its place, its key and its slot of a map: about 450 bytes, of which the garbage collector
 * lets more than three times as many pile up before it looks.
 */
const recordBytes = 1_500
const likenessBytes = 250

const textBytes = (text: string): number => 24 + 2 * text.length

/** What an entry takes beside its value and its vector. */
export const overheadOf = ({ key, scope, model, owner, tags, likeness }: CacheEntry): number => {
  let bytes = recordBytes + 24 + key.length + textBytes(scope) + textBytes(model) + textBytes(owner)
  for (const name of Object.keys(tags)) bytes += 32 + textBytes(name) + textBytes(tags[name] ?? '')
  if (likeness) bytes += likenessBytes + textBytes(likeness.frame) + textBytes(likeness.text)
  return bytes
}

export const lengthOf = ({ value, likeness }: CacheEntry): number =>
  value.byteLength + (likeness?.vector.byteLength ?? 0)

/** Writes the value and the vector of an entry to its place. */
export const writeTo = ({ segment, offset }: Place, { value, likeness }: CacheEntry): void => {
  segment.bytes.set(value, offset)
  if (!likeness) return
  const { buffer, byteOffset, byteLength } = likeness.vector
  segment.bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset + value.byteLength)
}

const noTags: Readonly<Record<string, string>> = {}

/**
 * Records, which are used again: millions of them that come and go would otherwise wait for the garbage collector, in
 * several times the memory that those take which are there.
 */
export const createRecords = () => {
  const idle: CacheRecord[] = []
  const names = createNames()
  return {
    names,
    take: (): CacheRecord => idle.pop() ?? emptyRecord(),
    give: (record: CacheRecord): void => {
      record.key = record.scope = record.model = record.owner = ''
      record.tags = noTags
      record.likeness = undefined
      idle.push(record)
    },
  }
}

const mostNames = 10_000

/** Names of scopes, models and owners, each only once: they are put together anew for each call. */
const createNames = (): ((name: string) => string) => {
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    if (known.size >= mostNames) known.clear()
    known.set(name, name)
    return name
  }
}

const emptyRecord = (): CacheRecord => ({
  key: '',
  scope: '',
  model: '',
  owner: '',
  tags: noTags,
  // Numbers that are no small integers, so that the next ones are written in their place.
  storedAt: 0.5,
  freshUntil: 0.5,
  expiresAt: 0.5,
  toldAt: 0.5,
  likeness: undefined,
  valueBytes: 0,
  overheadBytes: 0,
  place: createPlace(),
  wasUsed: false,
  older: undefined,
  newer: undefined,
})

/** Makes a record, whose place is known, that of an entry. */
export const fill = (record: CacheRecord, entry: CacheEntry, names: (name: string) => string): void => {
  record.key = entry.key
  record.scope = names(entry.scope)
  record.model = names(entry.model)
  record.owner = names(entry.owner)
  record.tags = entry.tags
  record.storedAt = entry.storedAt
  record.freshUntil = entry.freshUntil
  record.expiresAt = entry.expiresAt
  record.likeness = entry.likeness && { frame: entry.likeness.frame, text: entry.likeness.text }
  record.valueBytes = entry.value.byteLength
  record.overheadBytes = overheadOf(entry)
  record.wasUsed = false
  record.toldAt = entry.storedAt
}

/** Small values are copied into shared pieces: a buffer of its own costs a microsecond. */
const pieceBytes = 65_536
const newPiece = (): ArrayBuffer => Buffer.allocUnsafeSlow(pieceBytes).buffer
let piece = newPiece()
let pieceUsed = 0

const copyOf = (bytes: Uint8Array, from: number, length: number): Uint8Array => {
  if (length > pieceBytes / 8) return bytes.slice(from, from + length)
  if (pieceUsed + length > pieceBytes) {
    piece = newPiece()
    pieceUsed = 0
  }
  const copy = new Uint8Array(piece, pieceUsed, length)
  pieceUsed += length
  copy.set(bytes.subarray(from, from + length))
  return copy
}

/** Its vector, copied: the place is written again once the entry is gone. */
export const vectorOf = ({ place, valueBytes }: CacheRecord): Float32Array => {
  const from = place.offset + valueBytes
  return new Float32Array(place.segment.bytes.slice(from, place.offset + place.length).buffer)
}

/** The entry as it was put, copied. */
export const entryOf = (record: CacheRecord): CacheEntry => {
  const { place, likeness } = record
  const entry = {
    key: record.key,
    scope: record.scope,
    model: record.model,
    owner: record.owner,
    tags: record.tags,
    storedAt: record.storedAt,
    freshUntil: record.freshUntil,
    expiresAt: record.expiresAt,
    value: copyOf(place.segment.bytes, place.offset, record.valueBytes),
  }
  return likeness ? { ...entry, likeness: { ...likeness, vector: vectorOf(record) } } : entry
}
