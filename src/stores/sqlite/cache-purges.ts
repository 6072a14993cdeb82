import { filterMatches } from '../cache-filter.ts'
import type { CacheFilter } from '../store.ts'
import type { EntryHead } from './cache-batch.ts'
import type { CacheDesk, CacheRoom, RemovedRow } from './cache-room.ts'
import { placeOf, type Seal } from './cache-seal.ts'

/** What one step of a purge took away. */
export interface PurgeStep {
  readonly keys: readonly string[]
  readonly count: number
  readonly isDone: boolean
}

/** What was purged lately by anybody who shares the file, and the work of taking it away. */
export interface CachePurges {
  /** The last one that is known here. */
  readonly last: number
  /** May something be there that was purged? */
  readonly areUnderWay: boolean
  /** Learns what others purged, and tells of it. */
  refresh(): void
  /** From now on nothing of it is given by this process, and by others as soon as they look. Gives its number. */
  begin(filter: CacheFilter): number
  /** Takes some of it away. */
  step(id: number): PurgeStep
  /** Goes on with purges whose process has not done so for a while, and forgets old ones. */
  goOn(): void
  /** Was what was written after purge `epoch` purged since? */
  hides(entry: EntryHead, epoch: number): boolean
  /** Did others purge it after purge `seen`, the last one that was known to whoever put it? */
  bars(entry: EntryHead, seen: number): boolean
}

interface KnownPurge {
  readonly id: number
  readonly isOwn: boolean
  /** Undefined: it cannot be read here, so it may mean anything. */
  readonly filter: CacheFilter | undefined
  /** Nothing of it is there any more. */
  isDone: boolean
}

interface PurgeRow {
  readonly id: number
  readonly seal: string
  readonly filter: Uint8Array
  readonly until: number
  readonly through: number
}

/** Of entries, for one step: short, so that who looks something up does not wait for long. */
const stepEntries = 2_000
const mostKnown = 256
const keptPurges = 1_000
const keptMs = 3_600_000
/** Whoever has not moved for so long has died or stands still. */
const orphanedMs = 10_000
const place = placeOf('purge')

/** Everything: what is meant by a purge that cannot be read. */
const everything: CacheFilter = {}

export const createCachePurges = (desk: CacheDesk, room: CacheRoom): CachePurges => {
  const journal = createJournal(desk)
  const step = createStep(desk, room)
  let known: KnownPurge[] = journal
    .undone()
    .map((row) => ({ id: row.id, isOwn: false, filter: journal.read(row), isDone: false }))
  let last = journal.last()
  /** Of these and the ones before it nothing is known any more. */
  let forgotten = 0

  const learn = (purge: KnownPurge): void => {
    known.push(purge)
    last = purge.id
    if (known.length <= mostKnown) return
    settle()
    forgotten = last
    known = known.filter(({ isDone }) => !isDone)
  }

  const settle = (): void => {
    const undone = new Set(journal.undone().map(({ id }) => id))
    for (const purge of known) purge.isDone = !undone.has(purge.id)
  }

  const refresh = (): void => {
    const rows = journal.after(last)
    const [first] = rows
    if (!first) return
    // Some were forgotten before they were seen here: they may have meant anything.
    const filters: CacheFilter[] = first.id === last + 1 ? [] : [everything]
    for (const row of rows) {
      const filter = journal.read(row)
      learn({ id: row.id, isOwn: false, filter, isDone: false })
      filters.push(filter ?? everything)
    }
    desk.tell('cachePurged', { filters, last })
  }

  const matches = (entry: EntryHead, isMeant: (purge: KnownPurge) => boolean): boolean =>
    known.some((purge) => isMeant(purge) && filterMatches(purge.filter ?? everything, entry))

  return {
    get last() {
      return last
    },
    get areUnderWay() {
      return known.some(({ isDone }) => !isDone)
    },
    refresh,
    begin: (filter) => {
      refresh()
      const id = journal.add(filter)
      desk.session.afterCommit(() => learn({ id, isOwn: true, filter, isDone: false }))
      return id
    },
    step: (id) => {
      const row = journal.one(id)
      const filter = row && journal.read(row)
      if (!row || !filter) return { keys: [], count: 0, isDone: true }
      const done = step(row, filter)
      if (done.isDone) desk.session.afterCommit(settle)
      return done
    },
    goOn: () => {
      for (const row of journal.orphaned()) {
        const filter = journal.read(row)
        if (filter) step(row, filter)
      }
      journal.forget()
      desk.session.afterCommit(settle)
    },
    hides: (entry, epoch) => epoch < last && matches(entry, ({ id, isDone }) => !isDone && id > epoch),
    bars: (entry, seen) => seen < last && (seen < forgotten || matches(entry, ({ id, isOwn }) => !isOwn && id > seen)),
  }
}

/** The rows of purges. */
const createJournal = ({ session: { database }, seals, now }: CacheDesk) => {
  const columns = 'id, seal, filter, until, through'
  const add = database.prepare(
    `INSERT INTO purges (seal, filter, until, through, is_done, moved_at)
     VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM entries), 0, 0, ?)`,
  )
  const after = database.prepare(`SELECT ${columns} FROM purges WHERE id > ? ORDER BY id`)
  const one = database.prepare(`SELECT ${columns} FROM purges WHERE id = ? AND is_done = 0`)
  const undone = database.prepare(`SELECT ${columns} FROM purges WHERE is_done = 0 ORDER BY id`)
  const orphaned = database.prepare(`SELECT ${columns} FROM purges WHERE is_done = 0 AND abs(? - moved_at) > ?`)
  const last = database.prepare(`SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'purges'`).pluck()
  const forget = database.prepare('DELETE FROM purges WHERE is_done = 1 AND id <= ? AND abs(? - moved_at) > ?')
  const [seal] = seals
  return {
    add: (filter: CacheFilter): number => {
      const sealed = seal.close(Buffer.from(JSON.stringify(filter)), place)
      return Number(add.run(seal.id, sealed, now()).lastInsertRowid)
    },
    read: (row: PurgeRow): CacheFilter | undefined => {
      const opened = seals.find(({ id }) => id === row.seal)?.open(row.filter, place)
      return opened && JSON.parse(Buffer.from(opened).toString())
    },
    after: (id: number) => after.all(id) as PurgeRow[],
    one: (id: number) => one.get(id) as PurgeRow | undefined,
    undone: () => undone.all() as PurgeRow[],
    orphaned: () => orphaned.all(now(), orphanedMs) as PurgeRow[],
    last: () => Number(last.get()),
    forget: () => forget.run(Number(last.get()) - keptPurges, now(), keptMs),
  }
}

/** Which rows of `entries` are meant, whatever key their names were made with. */
const conditionsOf = (filter: CacheFilter, seals: readonly Seal[]) => {
  const parts: string[] = []
  const values: Uint8Array[] = []
  const add = (kind: string, text: string | undefined, one: string): void => {
    if (text === undefined) return
    parts.push(`(${seals.map(() => one).join(' OR ')})`)
    values.push(...seals.map((seal) => seal.digest(kind, text)))
  }
  add('name', filter.key, 'name = ?')
  add('scope', filter.scope, 'scope = ?')
  add('owner', filter.owner, 'owner = ?')
  add('model', filter.model, 'model = ?')
  add('tag', filter.tag, 'instr(tags, ?) > 0')
  return { text: parts.map((part) => ` AND ${part}`).join(''), values }
}

const createStep = ({ session: { database }, seals, now }: CacheDesk, room: CacheRoom) => {
  const stretch = database
    .prepare(`SELECT max(id) FROM (SELECT id FROM entries WHERE id > ? AND id <= ? ORDER BY id LIMIT ${stepEntries})`)
    .pluck()
  const moved = database.prepare('UPDATE purges SET through = ?, is_done = ?, moved_at = ? WHERE id = ?')
  return ({ id, through, until }: PurgeRow, filter: CacheFilter): PurgeStep => {
    // A key is found by its name: there is nothing to go through.
    const end = filter.key === undefined ? Number(stretch.get(through, until) ?? until) : until
    const { text, values } = conditionsOf(filter, seals)
    const rows = database
      .prepare(`DELETE FROM entries WHERE id > ? AND id <= ?${text} RETURNING id, seal, name, label`)
      .all(through, end, ...values) as RemovedRow[]
    const isDone = end >= until
    moved.run(end, isDone ? 1 : 0, now(), id)
    return { keys: room.finish(rows), count: rows.length, isDone }
  }
}
