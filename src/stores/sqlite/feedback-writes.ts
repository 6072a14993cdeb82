import type { Database } from 'better-sqlite3'
import type { Feedback } from '../../core/feedback.ts'
import { type FeedbackOf, mostLabels } from '../feedback-store.ts'

/** Keeps what was said of a call; gives false when the key said too much of it. In a transaction of whoever asks. */
export const createFeedbackWrites = (database: Database) => {
  const count = database.prepare('SELECT count(*) FROM feedback WHERE call = ? AND key = ? AND label <> ?').pluck()
  const write = database.prepare(
    `INSERT OR REPLACE INTO feedback (call, key, label, score, comment, at, call_at, model, target, prompt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return ({ call, key, label, score, comment, at }: Feedback, of: FeedbackOf): boolean => {
    if (Number(count.get(call, key, label)) >= mostLabels) return false
    const { startedAt, model, target, prompt } = of
    write.run(call, key, label, score ?? null, comment ?? null, at, startedAt, model, target ?? null, prompt ?? null)
    return true
  }
}
