import type { Database } from 'better-sqlite3'
import type { BodiesOf, CallBodies } from '../../core/call-bodies.ts'
import type { KeptBodies } from '../body-store.ts'
import { encryptingSeal, placeOf, plainSeal, type Seal } from './cache-seal.ts'
import { usedBytesOf } from './used-bytes.ts'

/** The first seals, all open. Without keys nothing is hidden, and what was kept so before can still be read. */
export type BodyKeys = readonly { readonly id: string; readonly key: Uint8Array }[]

const sealsOf = (keys: BodyKeys): readonly [Seal, ...Seal[]] => {
  const [first, ...others] = keys.map(encryptingSeal)
  return first ? [first, ...others, plainSeal()] : [plainSeal()]
}

const placeOfBodies = ({ call, startedAt, org = '', team = '', key }: BodiesOf): string =>
  placeOf('bodies', org, team, key, call, String(Math.round(startedAt)))

interface BodyWriting {
  readonly keys: BodyKeys
  /** Of the whole file; undefined: as much as there is. */
  readonly mostBytes: number | undefined
}

/** Writes what was said, in transactions of whoever asks. In a file that is full, older bodies make room for newer ones. */
export const createBodyWrites = (
  database: Database,
  { keys, mostBytes = Number.POSITIVE_INFINITY }: BodyWriting,
): ((kept: readonly KeptBodies[]) => void) => {
  const [seal] = sealsOf(keys)
  const oldest = database.prepare(removeOldest)
  const put = database.prepare('INSERT INTO bodies (at, call, seal, body) VALUES (?, ?, ?, ?)')
  return (kept) => {
    for (const { of, bodies } of kept) {
      const bytes = Buffer.from(JSON.stringify(bodies))
      put.run(Math.round(of.startedAt), of.call, seal.id, seal.close(bytes, placeOfBodies(of)))
    }
    // A minute of it may be more than fits: it is not left to the upkeep.
    if (usedBytesOf(database) > mostBytes) oldest.run(2 * kept.length)
  }
}

/** What was said in a call, for whose it is. */
export const readBodies = (database: Database, keys: BodyKeys, of: BodiesOf): CallBodies | undefined => {
  const row = database
    .prepare('SELECT seal, body FROM bodies WHERE at = ? AND call = ? ORDER BY seq DESC LIMIT 1')
    .get(Math.round(of.startedAt), of.call) as { readonly seal: string; readonly body: Uint8Array } | undefined
  const seal = row && sealsOf(keys).find(({ id }) => id === row.seal)
  const bytes = row && seal?.open(row.body, placeOfBodies(of))
  return bytes && JSON.parse(Buffer.from(bytes).toString())
}

const removeOldest = 'DELETE FROM bodies WHERE seq IN (SELECT seq FROM bodies ORDER BY at LIMIT ?)'

/** So many go in one step: each may be large. */
const together = 100

/** Takes away what is too old; gives whether there is more. In transactions of whoever asks. */
export const createBodyRetention = (database: Database, keepMs: number) => {
  const old = database.prepare(
    'DELETE FROM bodies WHERE seq IN (SELECT seq FROM bodies WHERE at < ? ORDER BY at LIMIT ?)',
  )
  const oldest = database.prepare(removeOldest)
  return {
    old: (now: number): boolean => old.run(now - keepMs, together).changes >= together,
    /** Makes room; false: none are left. */
    oldest: (): boolean => oldest.run(together).changes > 0,
  }
}
