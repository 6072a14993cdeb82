import { dayMs, hourMs } from '../report-time.ts'
import { scopedNumbers } from './rollup-tables.ts'
import type { Session } from './session.ts'

/** For how many days is kept what nobody needs for ever. */
export interface Retention {
  /** Single lines. Default 90. */
  readonly keepLinesDays: number
  /** Sums by hour, and those by day of end users, sessions and tags. Default 400; other sums by day are few and stay. */
  readonly keepHoursDays: number
  /** What was used in windows whose periods are over. Default 60. */
  readonly keepWindowsDays: number
}

export const defaultRetention: Retention = { keepLinesDays: 90, keepHoursDays: 400, keepWindowsDays: 60 }

/** What is summed up may go. The newest block stays, so that numbers of blocks never come again. */
const dropBlocks = `DELETE FROM blocks WHERE id IN (
  SELECT id FROM blocks WHERE to_at < ? AND id < (SELECT block FROM rollup_mark WHERE id = 1)
    AND id < (SELECT max(id) FROM blocks) ORDER BY to_at LIMIT 8)`

/** Slots of rolling windows go earlier, with the ledger's own upkeep. */
const dropWindows = `DELETE FROM windows WHERE (allowance, subject, period_start) IN (
  SELECT allowance, subject, period_start FROM windows
  WHERE period_end < ? AND counts_until IS NULL AND leased = 0 LIMIT 300)`

const dropHours = `DELETE FROM hours WHERE (hour, org_id, team_id, user_id, key_id, model_id, target_id, provider_id, outcome_id) IN (
  SELECT hour, org_id, team_id, user_id, key_id, model_id, target_id, provider_id, outcome_id FROM hours WHERE hour < ? LIMIT 300)`

const dropScoped = (table: string, time: string): string =>
  `DELETE FROM ${table} WHERE (kind, ${time}, name) IN (
     SELECT kind, ${time}, name FROM ${table} WHERE kind = ? AND ${time} < ? LIMIT 300)`

/** Deleting what is older than it is kept, in the writing thread. */
export const retentionWriter = ({ database, wall }: Session) => {
  const blocks = database.prepare<[number]>(dropBlocks)
  const hours = database.prepare<[number]>(dropHours)
  const windows = database.prepare<[number]>(dropWindows)
  const scopeHours = database.prepare<[number, number]>(dropScoped('scope_hours', 'hour'))
  const scopeDays = database.prepare<[number, number]>(dropScoped('scope_days', 'day'))
  return {
    /** Deletes a little; false when nothing was left. To be asked again after a pause, so that nobody waits for long. */
    retain: ({ keepLinesDays, keepHoursDays, keepWindowsDays }: Retention): boolean => {
      const now = wall()
      const from = now - keepHoursDays * dayMs
      const steps = [
        () => blocks.run(now - keepLinesDays * dayMs),
        () => hours.run(Math.floor(from / hourMs)),
        () => windows.run(now - keepWindowsDays * dayMs),
        ...Object.values(scopedNumbers).flatMap((kind) => [
          () => scopeHours.run(kind, Math.floor(from / hourMs)),
          () => scopeDays.run(kind, Math.floor(from / dayMs)),
        ]),
      ]
      return steps.some((step) => step().changes > 0)
    },
  }
}
