import type { CacheEntry } from '../store.ts'

/** What of an entry is not its value or its vector. */
export interface EntryHead extends Omit<CacheEntry, 'value' | 'likeness'> {
  readonly likeness: { readonly frame: string; readonly text: string } | undefined
}

/** An entry in bytes: `body` is its head and its value, as it is kept. */
export interface PackedEntry {
  readonly head: EntryHead
  readonly body: Uint8Array
  readonly vector: Uint8Array | undefined
}

/** Entries in one piece of memory, so that many cross to a thread as one message. */
export interface Batch {
  readonly entries: number
  readonly bytes: number
  has(key: string): boolean
  add(entry: CacheEntry): void
  /** What is in it, and begins anew. */
  take(): Uint8Array
}

/** Of an entry: how long it is, its vector and its head. */
const frameBytes = 12
const prefixBytes = 4
const usualBytes = 65_536

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const textOfHead = ({ likeness, ...entry }: CacheEntry): string =>
  JSON.stringify([
    entry.key,
    entry.scope,
    entry.model,
    entry.owner,
    entry.tags,
    entry.storedAt,
    entry.freshUntil,
    entry.expiresAt,
    likeness ? [likeness.frame, likeness.text] : 0,
  ])

export const createBatch = (): Batch => {
  let buffer = new Uint8Array(usualBytes)
  let view = new DataView(buffer.buffer)
  let used = 0
  let entries = 0
  const keys = new Set<string>()

  const reserve = (more: number): void => {
    if (used + more <= buffer.length) return
    const larger = new Uint8Array(Math.max(2 * buffer.length, used + more))
    larger.set(buffer.subarray(0, used))
    buffer = larger
    view = new DataView(buffer.buffer)
  }

  return {
    get entries() {
      return entries
    },
    get bytes() {
      return used
    },
    add: (entry) => {
      const { value, likeness } = entry
      const head = textOfHead(entry)
      const vectorBytes = likeness?.vector.byteLength ?? 0
      reserve(frameBytes + 3 * head.length + value.length + vectorBytes)
      const start = used
      const { written } = encoder.encodeInto(head, buffer.subarray(start + frameBytes))
      let at = start + frameBytes + written
      buffer.set(value, at)
      at += value.length
      if (likeness) buffer.set(new Uint8Array(likeness.vector.buffer, likeness.vector.byteOffset, vectorBytes), at)
      used = at + vectorBytes
      view.setUint32(start, used - start)
      view.setUint32(start + 4, vectorBytes)
      view.setUint32(start + 8, written)
      entries++
      keys.add(entry.key)
    },
    has: (key) => keys.has(key),
    take: () => {
      const taken = buffer.slice(0, used)
      if (buffer.length > 4 * usualBytes) {
        buffer = new Uint8Array(usualBytes)
        view = new DataView(buffer.buffer)
      }
      used = 0
      entries = 0
      keys.clear()
      return taken
    },
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The head of what `body` holds. */
export const headOf = (body: Uint8Array): EntryHead => {
  const text = decoder.decode(body.subarray(prefixBytes, prefixBytes + viewOf(body).getUint32(0)))
  const [key, scope, model, owner, tags, storedAt, freshUntil, expiresAt, likeness] = JSON.parse(text)
  return {
    key,
    scope,
    model,
    owner,
    tags,
    storedAt,
    freshUntil,
    expiresAt,
    likeness: likeness ? { frame: likeness[0], text: likeness[1] } : undefined,
  }
}

/** What was put into a batch, in its order. */
export function* unpacked(batch: Uint8Array): Generator<PackedEntry> {
  const view = viewOf(batch)
  for (let at = 0; at < batch.length; ) {
    const end = at + view.getUint32(at)
    const vectorBytes = view.getUint32(at + 4)
    const body = batch.subarray(at + frameBytes - prefixBytes, end - vectorBytes)
    const head = headOf(body)
    yield { head, body, vector: head.likeness ? batch.subarray(end - vectorBytes, end) : undefined }
    at = end
  }
}

/** Numbers whose bytes may lie anywhere. */
export const vectorFrom = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer)

/** An entry from what is kept of it. */
export const entryFrom = (body: Uint8Array, vector: Uint8Array | undefined): CacheEntry => {
  const { likeness, ...head } = headOf(body)
  const entry = { ...head, value: body.subarray(prefixBytes + viewOf(body).getUint32(0)) }
  return likeness && vector ? { ...entry, likeness: { ...likeness, vector: vectorFrom(vector) } } : entry
}
