import type { Database } from 'better-sqlite3'
import { placeOf, type Seal } from './cache-seal.ts'
import type { Session } from './session.ts'

/** The file of kept answers, as everything works with it that reads or writes there. */
export interface CacheDesk {
  readonly session: Session
  /** Tells at once what is so whatever becomes of the transaction under way. */
  readonly tell: Session['tell']
  /** The first closes; each opens what it closed. */
  readonly seals: readonly [Seal, ...Seal[]]
  readonly mostBytes: number
  /** Unix milliseconds by the clock of whoever asks. */
  now(): number
}

/** A row of `entries`, of which something is taken away. */
export interface RemovedRow {
  readonly id: number
  readonly seal: string
  readonly name: Uint8Array
  readonly label: Uint8Array
}

/** Taking away what is there: to make room, because it has expired, or because somebody wants it. */
export interface CacheRoom {
  /** Removes all of a row that was taken out of `entries`; gives the keys of those whose seal is known. */
  finish(rows: readonly RemovedRow[]): string[]
  /** Remembers that a row was used, until that is written along with something else. */
  mark(id: number): void
  readonly hasMarks: boolean
  writeMarks(): void
  /** Removes the least recently used until so many bytes have room; false: it would take too long. */
  make(bytes: number): boolean
  expire(most: number): void
  /** Removes what stands there in clear since before there were keys. */
  removePlain(most: number): void
  /** Gives pages back to the system when the file is larger than it may be. */
  shrink(): void
  standing(): { readonly entries: number; readonly bytes: number }
  count(more: number): void
}

export const labelPlace = (name: Uint8Array): string => placeOf('label', Buffer.from(name).toString('hex'))

const evictTogether = 32
/** So often for one batch of new ones. */
const mostEvictions = 100
const vacuumPages = 256
const mostNamed = 10_000
const mostMarks = 10_000

const columns = 'id, seal, name, label'

const createCounts = (database: Database) => {
  const pages = database.prepare('PRAGMA page_count').pluck()
  const free = database.prepare('PRAGMA freelist_count').pluck()
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  return {
    used: (): number => (Number(pages.get()) - Number(free.get())) * pageBytes,
    all: (): number => Number(pages.get()) * pageBytes,
  }
}

const createFinish = (desk: CacheDesk): Pick<CacheRoom, 'finish' | 'count'> => {
  const { database } = desk.session
  const content = database.prepare('DELETE FROM contents WHERE id = ?')
  const likeness = database.prepare('DELETE FROM likenesses WHERE id = ?')
  const total = database.prepare('UPDATE totals SET entries = entries + ?')
  const keyOf = ({ seal, name, label }: RemovedRow): string | undefined => {
    const opened = desk.seals.find(({ id }) => id === seal)?.open(label, labelPlace(name))
    return opened && Buffer.from(opened).toString()
  }
  return {
    count: (more) => {
      if (more !== 0) total.run(more)
    },
    finish: (rows) => {
      const keys: string[] = []
      for (const row of rows) {
        content.run(row.id)
        likeness.run(row.id)
        const key = keyOf(row)
        if (key !== undefined) keys.push(key)
      }
      if (rows.length > 0) total.run(-rows.length)
      return keys
    },
  }
}

const createMarks = ({
  session: { database },
  now,
}: CacheDesk): Pick<CacheRoom, 'mark' | 'hasMarks' | 'writeMarks'> => {
  const use = database.prepare('UPDATE entries SET used_at = ? WHERE id = ?')
  const used = new Map<number, number>()
  return {
    mark: (id) => {
      if (used.size < mostMarks) used.set(id, now())
    },
    get hasMarks() {
      return used.size > 0
    },
    writeMarks: () => {
      for (const [id, at] of used) use.run(Math.floor(at), id)
      used.clear()
    },
  }
}

export const createCacheRoom = (desk: CacheDesk): CacheRoom => {
  const { database } = desk.session
  const bytes = createCounts(database)
  const { finish, count } = createFinish(desk)
  const remove = (which: string) => database.prepare(`DELETE FROM entries WHERE id IN (${which}) RETURNING ${columns}`)
  const oldest = remove('SELECT id FROM entries ORDER BY used_at LIMIT ?')
  const expired = remove('SELECT id FROM entries WHERE expires_at <= ? LIMIT ?')
  const plain = remove(`SELECT id FROM entries WHERE seal = '' LIMIT ?`)
  const entries = database.prepare('SELECT entries FROM totals').pluck()

  const tellGone = (keys: readonly string[]): void => {
    if (keys.length > 0) desk.session.tell('cacheGone', keys.length > mostNamed ? undefined : keys)
  }
  const isFull = (more: number): boolean => bytes.used() + more > desk.mostBytes

  return Object.assign(createMarks(desk), {
    finish,
    count,
    make: (more: number) => {
      const gone: string[] = []
      for (let turn = 0; turn < mostEvictions && isFull(more); turn++) {
        const rows = oldest.all(evictTogether) as RemovedRow[]
        if (rows.length === 0) break
        gone.push(...finish(rows))
      }
      tellGone(gone)
      return !isFull(more)
    },
    expire: (most: number) => tellGone(finish(expired.all(desk.now(), most) as RemovedRow[])),
    removePlain: (most: number) => tellGone(finish(plain.all(most) as RemovedRow[])),
    shrink: () => {
      if (bytes.all() > desk.mostBytes && bytes.all() > bytes.used())
        database.pragma(`incremental_vacuum(${vacuumPages})`)
    },
    standing: () => ({ entries: Number(entries.get()), bytes: bytes.used() }),
  })
}
