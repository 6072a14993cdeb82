import type { Database } from 'better-sqlite3'
import type { CallFilter } from '../call-store.ts'

/** What calls are found by that nearly each of them has another of. The first one given narrows most. */
const columns = { id: 'id', parent: 'parent', session: 'session', endUser: 'end_user', prompt: 'prompt' } as const

type Field = keyof typeof columns

/** What is looked for by name: an id, or what a list is narrowed to. */
export type Named = Pick<CallFilter, Exclude<Field, 'id'>> & { readonly id?: string | undefined }

/**
 * So many calls are entered under their names together, in the order of the names. One by one each would touch, and write,
 * a page of its own for every name; until then they are few enough to be gone through.
 */
const together = 8_192
/** A name of more calls than these is looked for among all, as it is found soon. */
const mostCandidates = 20_000
/** Entries of calls that are gone are swept away, this part of all of them at a time. */
const sweeps = 1_440

const largest = 2 ** 52

/** A whole number for a name, spread evenly; different names may have the same one. */
const numberOf = (field: string, name: string): number => {
  let [high, low] = [0x9e37_79b9, 0x85eb_ca6b]
  const text = `${field} ${name}`
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 0x2545_f491)
    low = Math.imul(low ^ unit, 0x5f35_6495)
  }
  high = Math.imul(high ^ (high >>> 15) ^ (low >>> 13), 0x2c1b_3c6d)
  low = Math.imul(low ^ (low >>> 16) ^ (high >>> 12), 0x297a_2d39)
  return ((high >>> 0) & 0xf_ffff) * 2 ** 32 + (low >>> 0)
}

/** Enters calls under their names, many at a time, and forgets them. In transactions of whoever asks. */
export const createNameWriter = (database: Database) => {
  const waiting = database.prepare('SELECT (SELECT coalesce(max(seq), 0) FROM calls) - through FROM progress').pluck()
  const next = database.prepare(
    `SELECT seq, id, parent, session, end_user AS endUser, prompt FROM calls
     WHERE seq > (SELECT through FROM progress) ORDER BY seq`,
  )
  const put = database.prepare('INSERT OR IGNORE INTO names (number, seq) VALUES (?, ?)')
  const move = database.prepare('UPDATE progress SET through = ?')
  const sweep = database.prepare(
    'DELETE FROM names WHERE number >= ? AND number < ? AND seq < (SELECT min(seq) FROM calls)',
  )
  let part = Math.floor(Math.random() * sweeps)
  return {
    enter: (): void => {
      if (Number(waiting.get()) < together) return
      const rows = next.all() as (Readonly<Record<Field, string | null>> & { readonly seq: number })[]
      const entries = rows.flatMap((row) =>
        (Object.keys(columns) as Field[]).flatMap((field) => {
          const name = row[field]
          return name === null ? [] : [{ number: numberOf(field, name), seq: row.seq }]
        }),
      )
      entries.sort((one, other) => one.number - other.number)
      for (const { number, seq } of entries) put.run(number, seq)
      move.run(rows.at(-1)?.seq ?? 0)
    },
    sweep: (): void => {
      const from = Math.floor((part * largest) / sweeps)
      sweep.run(from, Math.floor(((part + 1) * largest) / sweeps))
      part = (part + 1) % sweeps
    },
  }
}

/** A condition that holds for all calls of a name, and for few others; undefined: it would narrow nothing. */
export const candidatesOf = (
  database: Database,
  wanted: Named,
): { readonly sql: string; readonly values: readonly number[] } | undefined => {
  const field = (Object.keys(columns) as Field[]).find((each) => wanted[each] !== undefined)
  const name = field && wanted[field]
  if (field === undefined || name === undefined) return undefined
  const number = numberOf(field, name)
  const counted = database.prepare('SELECT count(*) FROM (SELECT 1 FROM names WHERE number = ? LIMIT ?)').pluck()
  if (Number(counted.get(number, mostCandidates + 1)) > mostCandidates) return undefined
  return {
    sql: `seq IN (SELECT seq FROM names WHERE number = ?
            UNION ALL SELECT seq FROM calls WHERE seq > (SELECT through FROM progress))`,
    values: [number],
  }
}
