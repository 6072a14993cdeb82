import type { Job } from '../../core/job.ts'
import { cancelled, classOf } from '../job-rules.ts'
import type { Submission, Submitted } from '../job-store.ts'
import type { JobDesk } from './job-desk.ts'
import { bytesColumns, type JobRow, jobColumns, jobFrom, stateCodes, there } from './job-rows.ts'
import { createShortage } from './job-shortage.ts'
import { type LeaseParts, Short } from './lease.ts'

const findKey = 'SELECT asked, job FROM job_keys WHERE name = @name AND until > @now'
const keepKey = `INSERT INTO job_keys (name, asked, job, until) VALUES (@name, @asked, @job, @until)
  ON CONFLICT DO UPDATE SET asked = excluded.asked, job = excluded.job, until = excluded.until`
const addJob = `INSERT INTO jobs (id, owner, caller, endpoint, model, class, weight, deadline_at, max_attempts, webhook, metadata,
    retry_of, holds, keep_ms, state, created_at, due_at)
  VALUES (@id, @owner, @caller, @endpoint, @model, @class, @weight, @deadlineAt, @maxAttempts, @webhook, @metadata,
    @retryOf, @holds, @keepMs, @state, @now, @dueAt)
  RETURNING ${jobColumns}`
const addBody = 'INSERT INTO job_bodies (job, headers, bytes, file, size) VALUES (@job, @headers, @bytes, @file, @size)'
const holdFile = 'DELETE FROM job_leftovers WHERE file = ?'
const stop = 'UPDATE jobs SET is_stopping = 1, version = version + 1 WHERE number = ?'
const redrive = `UPDATE jobs SET redriven_as = @as, version = version + 1
  WHERE id = @id AND dead IS NOT NULL AND redriven_as IS NULL`

export interface OwnedJob {
  readonly id: string
  readonly owner: string | undefined
}

/** The writing side of those who have jobs done. */
export const jobSubmitting = (desk: JobDesk, parts: LeaseParts) => {
  const { session, time, lines, marks, holds } = desk
  const { database } = session
  const key = database.prepare<[object], { asked: string; job: number }>(findKey)
  const keeping = database.prepare<[object]>(keepKey)
  const adding = database.prepare<[object], JobRow>(addJob)
  const body = database.prepare<[object]>(addBody)
  const holding = database.prepare<[string]>(holdFile)
  const stopping = database.prepare<[number]>(stop)
  const redriving = database.prepare<[object]>(redrive)

  const tellShortage = createShortage(parts)

  const add = ({ order, key, wants = [] }: Submission, now: number): Job => {
    const dueAt = Math.max(now, Math.ceil(order.runAt))
    const state = dueAt > now ? stateCodes.scheduled : stateCodes.queued
    const urgency = classOf(order.priority)
    const row = there(
      adding.get({
        id: order.id,
        owner: order.owner,
        caller: order.caller,
        endpoint: order.endpoint,
        model: order.model,
        class: urgency,
        weight: order.weight,
        deadlineAt: order.deadlineAt ?? null,
        maxAttempts: order.maxAttempts,
        webhook: order.webhook ?? null,
        metadata: order.metadata ?? null,
        retryOf: order.retryOf ?? null,
        holds: order.holds ? 1 : 0,
        keepMs: order.keepMs,
        state,
        now,
        dueAt,
      }),
    )
    const job = row.number
    body.run({ job, headers: JSON.stringify(order.headers), ...bytesColumns(order.body) })
    if ('file' in order.body) holding.run(order.body.file)
    if (key) keeping.run({ name: key.name, asked: key.asked, job, until: now + key.keepMs })
    if (dueAt <= now) lines.join({ owner: order.owner, class: urgency, weight: order.weight, dueAt })
    if (wants.length === 0) return jobFrom(row)
    holds.take(job, wants, now)
    return jobFrom(there(desk.byNumber(job)))
  }

  const submit = (submission: Submission, now: number): Submitted => {
    const known = submission.key && key.get({ name: submission.key.name, now })
    const row = known && desk.byNumber(known.job)
    if (row)
      return known.asked === submission.key?.asked ? { kind: 'known', job: desk.show(row) } : { kind: 'mismatch' }
    if (submission.wants === undefined) return { kind: 'made', job: add(submission, now) }
    try {
      return { kind: 'made', job: session.transact(() => add(submission, now)) }
    } catch (thrown) {
      if (!(thrown instanceof Short)) throw thrown
      return { kind: 'short', short: thrown.shortage, mayGrow: tellShortage(thrown.place) }
    }
  }

  return {
    submitJobs: (submissions: readonly Submission[]): readonly Submitted[] => {
      const now = time.now()
      const submitted = submissions.map((submission) => submit(submission, now))
      const isDue = submitted.some((each) => each.kind === 'made' && each.job.runAt <= now)
      if (submitted.some(({ kind }) => kind === 'made')) {
        marks.raise({ work: isDue, news: true })
        time.keep(now)
      }
      return submitted
    },
    cancelJob: ({ id, owner }: OwnedJob): Job | undefined => {
      const row = desk.find(id)
      if (!row || (owner !== undefined && row.owner !== owner)) return undefined
      if (row.state === stateCodes.running && row.isStopping === 0) {
        stopping.run(row.number)
        marks.raise({ work: true, news: true })
      } else if (row.state < stateCodes.running) {
        const now = time.now()
        marks.raise(desk.decide(row, cancelled, now))
        if (row.state === stateCodes.queued) lines.leave(row)
        time.keep(now)
      }
      return desk.show(desk.byNumber(row.number) ?? row)
    },
    redrivenJob: ({ id, as }: { readonly id: string; readonly as: string }): boolean =>
      redriving.run({ id, as }).changes > 0,
  }
}
