import type { SimilarEntry } from '../store.ts'
import { headOf, vectorFrom } from './cache-batch.ts'
import type { CachePurges } from './cache-purges.ts'
import type { CacheDesk } from './cache-room.ts'
import type { Seal } from './cache-seal.ts'
import { bodyPlace, likenessPlace } from './cache-writes.ts'

/** What is there of a key. `elsewhere`: it belongs to another scope; `damaged`: it is not whole, or not what it should be. */
export type Found =
  | { readonly kind: 'found'; readonly id: number; readonly body: Uint8Array; readonly vector: Uint8Array | undefined }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'damaged'; readonly id: number }

/** Where a page begins: under which key, and before which row. */
export interface PageStart {
  readonly seal: number
  readonly before: number
}

export interface SimilarPage {
  readonly entries: readonly SimilarEntry[]
  /** Undefined: this was the last one. */
  readonly next: PageStart | undefined
}

const newest = Number.MAX_SAFE_INTEGER
export const firstPage: PageStart = { seal: 0, before: newest }

interface EntryRow {
  readonly id: number
  readonly name: Uint8Array
  readonly seal: string
  readonly scope: Uint8Array
  readonly epoch: number
}

interface LikenessRow {
  readonly id: number
  readonly name: Uint8Array
  readonly scope: Uint8Array
  readonly epoch: number
  readonly sealed: Uint8Array
}

interface Likeness {
  readonly key: string
  readonly text: string
  readonly expiresAt: number
  readonly vector: Uint8Array
}

/** So many of them are read at a time. */
const pageEntries = 500

const openLikeness = (seal: Seal, sealed: Uint8Array, place: string): Likeness | undefined => {
  const opened = seal.open(sealed, place)
  if (!opened) return undefined
  const bytes = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength)
  const end = 4 + bytes.readUInt32BE(0)
  const [key, text, expiresAt] = JSON.parse(bytes.toString('utf8', 4, end))
  return { key, text, expiresAt, vector: bytes.subarray(end) }
}

/** Looks one up, and gives it only whole and to whom it belongs. */
export const createCacheFind = ({ session: { database }, seals, now }: CacheDesk, purges: CachePurges) => {
  const entry = database.prepare('SELECT id, name, seal, scope, epoch FROM entries WHERE name = ?')
  const content = database.prepare('SELECT sealed FROM contents WHERE id = ?').pluck()
  const likeness = database.prepare('SELECT sealed FROM likenesses WHERE id = ?').pluck()

  const read = ({ id, name, epoch }: EntryRow, seal: Seal, key: string, scope: string): Found | undefined => {
    const sealed = content.get(id) as Uint8Array | undefined
    const body = sealed && seal.open(sealed, bodyPlace(scope, key))
    const head = body && headOf(body)
    if (!body || head?.key !== key || head.scope !== scope) return { kind: 'damaged', id }
    if (head.expiresAt <= now() || purges.hides(head, epoch)) return undefined
    if (!head.likeness) return { kind: 'found', id, body, vector: undefined }
    const kept = likeness.get(id) as Uint8Array | undefined
    const opened = kept && openLikeness(seal, kept, likenessPlace(scope, head.likeness.frame, name))
    return opened ? { kind: 'found', id, body, vector: opened.vector } : { kind: 'damaged', id }
  }

  return (key: string, scope: string): Found | undefined => {
    for (const seal of seals) {
      const row = entry.get(seal.digest('name', key)) as EntryRow | undefined
      if (row?.seal !== seal.id) continue
      if (Buffer.compare(row.scope, seal.digest('scope', scope)) !== 0) return { kind: 'elsewhere' }
      return read(row, seal, key, scope)
    }
    return undefined
  }
}

export interface SimilarQuery {
  readonly frame: string
  readonly scope: string
  readonly from: PageStart
}

/** Reads what can be compared with, page by page, the newest first. */
export const createCacheSimilar = ({ session: { database }, seals, now }: CacheDesk, purges: CachePurges) => {
  const page = database.prepare(
    `SELECT l.id, e.name, e.scope, e.epoch, l.sealed FROM likenesses AS l JOIN entries AS e ON e.id = l.id
     WHERE l.frame = ? AND l.id < ? AND e.seal = ? AND e.expires_at > ? ORDER BY l.id DESC LIMIT ${pageEntries}`,
  )
  const content = database.prepare('SELECT sealed FROM contents WHERE id = ?').pluck()

  const isHidden = ({ id, epoch }: LikenessRow, seal: Seal, key: string, scope: string): boolean => {
    if (!purges.areUnderWay) return false
    const sealed = content.get(id) as Uint8Array | undefined
    const body = sealed && seal.open(sealed, bodyPlace(scope, key))
    return !body || purges.hides(headOf(body), epoch)
  }
  const read = (row: LikenessRow, seal: Seal, { frame, scope }: SimilarQuery): SimilarEntry | undefined => {
    if (Buffer.compare(row.scope, seal.digest('scope', scope)) !== 0) return undefined
    const opened = openLikeness(seal, row.sealed, likenessPlace(scope, frame, row.name))
    if (!opened || opened.expiresAt <= now() || isHidden(row, seal, opened.key, scope)) return undefined
    const { key, text, expiresAt, vector } = opened
    return { key, text, expiresAt, vector: vectorFrom(vector) }
  }

  return (query: SimilarQuery): SimilarPage => {
    const { seal: index, before } = query.from
    const seal = seals[index]
    if (!seal) return { entries: [], next: undefined }
    const rows = page.all(seal.digest('frame', query.frame), before, seal.id, now()) as LikenessRow[]
    const entries = rows.map((row) => read(row, seal, query)).filter((entry) => entry !== undefined)
    const last = rows.length < pageEntries ? undefined : rows.at(-1)
    return { entries, next: last ? { seal: index, before: last.id } : { seal: index + 1, before: newest } }
  }
}
