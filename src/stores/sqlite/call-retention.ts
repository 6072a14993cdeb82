import type { Database } from 'better-sqlite3'
import { type CallRetention, keepSumsMs } from '../call-store.ts'
import { createCallRemoval } from './call-blocks.ts'
import { createBodyRetention } from './call-bodies.ts'
import { createNameWriter } from './call-names.ts'
import { createCallSums, grainNumbers } from './call-sums.ts'
import { usedBytesOf } from './used-bytes.ts'

/** Rows that are taken away in one step, so that new calls never wait long. */
const together = 1_000

/** Takes away a part of what is too old, or too much; gives whether there is more. In a transaction of whoever asks. */
export const createCallRetention = (database: Database, { keepMs, mostBytes, bodiesMs = keepMs }: CallRetention) => {
  const old = database.prepare('SELECT seq FROM calls WHERE started_at < ? ORDER BY started_at LIMIT ?').pluck()
  const oldest = database.prepare('SELECT seq FROM calls ORDER BY started_at LIMIT ?').pluck()
  const removeCells = database.prepare(
    `DELETE FROM cells WHERE grain = ? AND at < ? AND at <=
       (SELECT max(at) FROM (SELECT at FROM cells WHERE grain = ? AND at < ? ORDER BY grain, at LIMIT ?))`,
  )
  const removeFeedback = database.prepare(
    `DELETE FROM feedback WHERE (call, key, label) IN
       (SELECT call, key, label FROM feedback WHERE call_at < ? ORDER BY call_at LIMIT ?)`,
  )
  const bodies = createBodyRetention(database, Math.min(keepMs, bodiesMs))
  const names = createNameWriter(database)
  const sums = createCallSums(database)

  const removeCalls = createCallRemoval(database)
  const remove = (seqs: readonly unknown[]): boolean => {
    removeCalls(seqs as number[])
    return seqs.length === together
  }
  return (now: number): boolean => {
    sums.merge()
    let isMore = remove(old.all(now - keepMs, together))
    if (bodies.old(now)) isMore = true
    for (const grain of ['minute', 'hour', 'day'] as const) {
      const [place, until] = [grainNumbers[grain], now - keepSumsMs[grain]]
      if (removeCells.run(place, until, place, until, together).changes >= together) isMore = true
    }
    if (removeFeedback.run(now - keepMs, together).changes >= together) isMore = true
    // What was said goes before the records of who asked what.
    if (!isMore && mostBytes !== undefined && usedBytesOf(database) > mostBytes)
      isMore = bodies.oldest() || remove(oldest.all(together))
    if (!isMore) names.sweep()
    return isMore
  }
}
