import type { Database } from 'better-sqlite3'
import type { CallFilter } from '../call-store.ts'
import { createInsert } from './many-rows.ts'

/** What calls are found by that nearly each of them has another of, and its column. The first one given narrows most. */
const columns = { id: 'id', parent: 'parent', session: 'session', endUser: 'end_user', prompt: 'prompt' } as const

type Field = keyof typeof columns

const fields = Object.keys(columns) as Field[]

/** What is looked for by name: an id, or what a list is narrowed to. */
export type Named = Pick<CallFilter, Exclude<Field, 'id'>> & { readonly id?: string | undefined }

/**
 * `marks`: where calls stand by their names, for so many calls at a time: pairs of a mark of the name and of how many calls
 * come before this one, in 4 bytes each. Names are spread over buckets, so that all of one name lie side by side, whenever it
 * came, and a batch writes a page for each bucket instead of one for each name. Calls after `through` of `progress` are not
 * entered yet; they are few enough to be gone through.
 */
export const markTables: readonly string[] = [
  'DELETE FROM names',
  `CREATE TABLE marks (bucket INTEGER NOT NULL, last_seq INTEGER NOT NULL, first_seq INTEGER NOT NULL, pairs BLOB NOT NULL,
     PRIMARY KEY (bucket, last_seq)) STRICT, WITHOUT ROWID`,
  'UPDATE progress SET through = 0',
]

/** So many calls are entered together. */
const together = 8_192
const bucketsEach = 128
/** A name of more calls than these of one batch stands for all of them. */
const mostEach = 1_024
const everywhere = 0xffff_ffff
/** A name of more calls than these is looked for among all, as it is found soon. */
const mostCandidates = 20_000

/** The bucket of a name, and what tells it from others there; different names may have the same ones. */
const markOf = (field: Field, name: string): { readonly bucket: number; readonly mark: number } => {
  let [high, low] = [0x9e37_79b9, 0x85eb_ca6b]
  for (let index = 0; index < name.length; index++) {
    const unit = name.charCodeAt(index)
    high = Math.imul(high ^ unit, 0x2545_f491)
    low = Math.imul(low ^ unit, 0x5f35_6495)
  }
  high = Math.imul(high ^ (high >>> 15) ^ (low >>> 13), 0x2c1b_3c6d)
  low = Math.imul(low ^ (low >>> 16) ^ (high >>> 12), 0x297a_2d39)
  return { bucket: fields.indexOf(field) * bucketsEach + (high >>> 25), mark: low >>> 0 }
}

type Row = Readonly<Record<Field, string | null>> & { readonly seq: number }

/** Enters calls under their names, many at a time, and forgets them. In transactions of whoever asks. */
export const createNameWriter = (database: Database) => {
  const waiting = database.prepare('SELECT (SELECT coalesce(max(seq), 0) FROM calls) - through FROM progress').pluck()
  const next = database.prepare(
    `SELECT seq, id, parent, session, end_user AS endUser, prompt FROM calls
     WHERE seq > (SELECT through FROM progress) ORDER BY seq LIMIT ${together}`,
  )
  const put = createInsert(database, 'INSERT INTO marks (bucket, last_seq, first_seq, pairs)', 4)
  const move = database.prepare('UPDATE progress SET through = ?')
  const sweep = database.prepare('DELETE FROM marks WHERE bucket = ? AND last_seq < (SELECT min(seq) FROM calls)')
  const buckets = fields.length * bucketsEach
  let swept = Math.floor(Math.random() * buckets)
  return {
    enter: (): void => {
      if (Number(waiting.get()) < together) return
      const rows = next.all() as Row[]
      const [first, last] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0]
      put([...pairsOf(rows, first)].map(([bucket, pairs]) => [bucket, last, first, bytesOf(pairs)]))
      move.run(last)
    },
    /** Forgets calls that are gone, a bucket at a time. */
    sweep: (): void => {
      sweep.run(swept)
      swept = (swept + 1) % buckets
    },
  }
}

/** Pairs by their buckets. */
const pairsOf = (rows: readonly Row[], first: number): Map<number, number[]> => {
  const buckets = new Map<number, number[]>()
  for (const field of fields)
    for (const [name, named] of Map.groupBy(rows, (row) => row[field])) {
      if (name === null) continue
      const { bucket, mark } = markOf(field, name)
      const pairs = buckets.get(bucket) ?? []
      buckets.set(bucket, pairs)
      if (named.length > mostEach) pairs.push(mark, everywhere)
      else for (const { seq } of named) pairs.push(mark, seq - first)
    }
  return buckets
}

const bytesOf = (pairs: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(pairs).buffer)

/** A condition that holds for all calls of a name, and for few others; undefined: it would narrow nothing. */
export const candidatesOf = (
  database: Database,
  wanted: Named,
): { readonly sql: string; readonly values: readonly (string | number)[] } | undefined => {
  const field = fields.find((each) => wanted[each] !== undefined)
  const name = field && wanted[field]
  if (field === undefined || name === undefined) return undefined
  // Before the marks: what is entered meanwhile is among both.
  const through = Number(database.prepare('SELECT through FROM progress').pluck().get())
  const seqs = seqsOf(database, field, name)
  return (
    seqs && {
      sql: 'seq IN (SELECT value FROM json_each(?) UNION ALL SELECT seq FROM calls WHERE seq > ?)',
      values: [JSON.stringify(seqs), through],
    }
  )
}

interface Marks {
  readonly first: number
  readonly last: number
  readonly pairs: Uint8Array
}

/** The calls that are entered under a name; undefined: very many. */
const seqsOf = (database: Database, field: Field, name: string): number[] | undefined => {
  const { bucket, mark } = markOf(field, name)
  const rows = database
    .prepare('SELECT first_seq AS first, last_seq AS last, pairs FROM marks WHERE bucket = ?')
    .iterate(bucket) as Iterable<Marks>
  const seqs: number[] = []
  for (const { first, last, pairs } of rows) {
    const numbers = new Uint32Array(Uint8Array.from(pairs).buffer)
    for (let index = 0; index < numbers.length; index += 2) {
      if (numbers[index] !== mark) continue
      const before = numbers[index + 1] as number
      if (before !== everywhere) seqs.push(first + before)
      else if (last - first < mostCandidates) for (let seq = first; seq <= last; seq++) seqs.push(seq)
      else return undefined
    }
    if (seqs.length > mostCandidates) return undefined
  }
  return seqs
}
