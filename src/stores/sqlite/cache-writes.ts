import { type PackedEntry, unpacked } from './cache-batch.ts'
import type { CachePurges } from './cache-purges.ts'
import { type CacheDesk, type CacheRoom, labelPlace, type RemovedRow } from './cache-room.ts'
import { placeOf, type Seal } from './cache-seal.ts'

/** Entries to be kept, and keys of which it is only told that they are used. */
export interface CachePut {
  readonly batch: Uint8Array
  readonly used: readonly string[]
  /** Of these there is a newer one, which is not kept here: what is there must go. */
  readonly stale: readonly string[]
  /** The last purge that was known when the first of them was put. */
  readonly seen: number
}

/** Where parts of an entry belong. */
export const bodyPlace = (scope: string, key: string): string => placeOf('answer', scope, key)
export const likenessPlace = (scope: string, frame: string, name: Uint8Array): string =>
  placeOf('likeness', scope, frame, Buffer.from(name).toString('hex'))

/** No entry takes more than this part of the file. */
const largestPart = 8
/** Rows and pages around what is kept. */
const around = 1.3

/** Text and numbers of a likeness, as they are sealed. */
const packedLikeness = ({ head, vector }: PackedEntry): Uint8Array => {
  const text = Buffer.from(JSON.stringify([head.key, head.likeness?.text, head.expiresAt]))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text, vector ?? new Uint8Array()])
}

const tagsOf = (tags: Readonly<Record<string, string>>, seal: Seal): Uint8Array =>
  Buffer.concat(Object.keys(tags).map((name) => seal.digest('tag', `${name}=${tags[name]}`)))

/** Puts entries into the file, together. Gives how many were left out. */
export const createCachePut = (desk: CacheDesk, room: CacheRoom, purges: CachePurges) => {
  const keep = createKeep(desk, room, purges)
  const { database } = desk.session
  const use = database.prepare('UPDATE entries SET used_at = ? WHERE name = ?')
  const replace = createReplace(desk, room)
  return ({ batch, used, stale, seen }: CachePut): number => {
    purges.refresh()
    for (const key of used) for (const seal of desk.seals) use.run(desk.now(), seal.digest('name', key))
    room.writeMarks()
    const left = batch.length === 0 ? 0 : keep(batch, seen)
    // Last, as one of them may have been put before in the same batch.
    for (const key of stale) replace(key)
    return left
  }
}

const createKeep = (desk: CacheDesk, room: CacheRoom, purges: CachePurges) => {
  const insert = createInsert(desk, purges)
  const replace = createReplace(desk, room)
  return (batch: Uint8Array, seen: number): number => {
    const hasRoom = room.make(Math.ceil(batch.length * around))
    let [more, left] = [0, 0]
    const isLeftOut = ({ length }: Uint8Array): boolean => !hasRoom || length > desk.mostBytes / largestPart
    for (const packed of unpacked(batch)) {
      const { head, body } = packed
      const isOver = head.expiresAt <= desk.now() || purges.bars(head, seen)
      // The older one goes also where the newer one does not come.
      const old = replace(head.key)
      const isKept = !isOver && !isLeftOut(body)
      if (isKept) insert(packed)
      // One that can be compared with stands for the old one, since the same key is the same question.
      if (old.length > 0 && !(isKept && head.likeness)) desk.session.tell('cacheGone', old)
      if (isKept) more++
      else if (!isOver) left++
    }
    room.count(more)
    room.expire(64)
    return left
  }
}

/** Takes away what there is of a key. */
const createReplace = ({ session: { database }, seals }: CacheDesk, room: CacheRoom) => {
  const take = database.prepare('DELETE FROM entries WHERE name = ? RETURNING id, seal, name, label')
  return (key: string): readonly string[] =>
    seals.flatMap((seal) => room.finish(take.all(seal.digest('name', key)) as RemovedRow[]))
}

const createInsert = (desk: CacheDesk, purges: CachePurges) => {
  const { database } = desk.session
  const entry = database.prepare(
    `INSERT INTO entries (name, seal, scope, model, owner, tags, label, epoch, expires_at, used_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const content = database.prepare('INSERT INTO contents (id, sealed) VALUES (?, ?)')
  const likeness = database.prepare('INSERT INTO likenesses (id, frame, sealed) VALUES (?, ?, ?)')
  const seal = desk.seals[0]
  return (packed: PackedEntry): void => {
    const { head, body } = packed
    const name = seal.digest('name', head.key)
    const { lastInsertRowid: id } = entry.run(
      name,
      seal.id,
      seal.digest('scope', head.scope),
      seal.digest('model', head.model),
      seal.digest('owner', head.owner),
      tagsOf(head.tags, seal),
      seal.close(Buffer.from(head.key), labelPlace(name)),
      purges.last,
      Math.floor(head.expiresAt),
      Math.floor(desk.now()),
    )
    content.run(id, seal.close(body, bodyPlace(head.scope, head.key)))
    if (head.likeness) {
      const { frame } = head.likeness
      const sealed = seal.close(packedLikeness(packed), likenessPlace(head.scope, frame, name))
      likeness.run(id, seal.digest('frame', frame), sealed)
    }
  }
}
