import type { CacheEntry } from '../store.ts'
import type { Place } from './byte-log.ts'

/** An entry as it is kept in memory: its value, and the vector behind it, lie in the log. */
export interface CacheRecord extends Omit<CacheEntry, 'value' | 'likeness'> {
  readonly likeness: { readonly frame: string; readonly text: string } | undefined
  readonly valueBytes: number
  /** What it takes beside its place. */
  readonly overheadBytes: number
  place: Place
  /** Was it found since it was last moved? */
  wasUsed: boolean
  /** Unix milliseconds at which the disk was last told of its use. */
  toldAt: number
  older: CacheRecord | undefined
  newer: CacheRecord | undefined
}

/** The object, its boxed times, its slot of a map, and what of it waits for the garbage collector. */
const recordBytes = 700
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

export const recordOf = (entry: CacheEntry, place: Place, overheadBytes: number): CacheRecord => ({
  key: entry.key,
  scope: entry.scope,
  model: entry.model,
  owner: entry.owner,
  tags: entry.tags,
  storedAt: entry.storedAt,
  freshUntil: entry.freshUntil,
  expiresAt: entry.expiresAt,
  likeness: entry.likeness && { frame: entry.likeness.frame, text: entry.likeness.text },
  valueBytes: entry.value.byteLength,
  overheadBytes,
  place,
  wasUsed: false,
  toldAt: entry.storedAt,
  older: undefined,
  newer: undefined,
})

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
