import { createId } from '../core/call.ts'
import type { DeadReason, JobAttempt, JobBytes, JobError, JobResult, JobState } from '../core/job.ts'
import { type Priority, priorities } from '../core/priority.ts'
import { addUsage, noUsage, type Usage } from '../core/usage.ts'
import type { Finished } from './job-store.ts'

/** Who has waited this long behind more urgent jobs gets a part of the turns. */
export const agingMs = 60_000
/** One of so many turns belongs to those who have aged. */
const turnsPerAged = 4
/** Crashes of a job count together within this time. */
export const crashWindowMs = 72 * 3_600_000
/** The latest attempts of a job that are remembered. */
export const attemptsKept = 50
/** Characters of pieces that are kept of one attempt. */
export const piecesRoom = 1024 * 1024
/** Pieces outlive the end of their job by this, for followers that are behind. */
export const piecesKeptMs = 60_000
/** Events are kept for so long after they occurred, whatever became of them. */
export const eventKeepMs = 30 * 24 * 3_600_000
/** Rows that are deleted, ended or made due in one step: the store has other things to do. */
export const sweepStep = 200

/** What becomes of a job whose attempt ended. */
export interface Verdict {
  /** `queued`: it waits again. */
  readonly state: Exclude<JobState, 'running'>
  readonly outcome: NonNullable<JobAttempt['outcome']>
  /** Undefined: it has none any more. `same`: the one it had. */
  readonly error: JobError | 'same' | undefined
  readonly dead: DeadReason | undefined
  readonly result: JobResult | undefined
  /** Of a job that waits again; undefined: where it was. */
  readonly runAt: number | undefined
  /** Bytes that nobody will ask for. */
  readonly unused: JobBytes | undefined
}

const nothing = { error: undefined, dead: undefined, result: undefined, runAt: undefined, unused: undefined } as const

/** Decides what an end means. A job that was asked to stop is cancelled, whatever came of it: its result is dropped. */
export const verdictOf = (end: Finished['end'], isStopping: boolean): Verdict => {
  if (isStopping || end.kind === 'cancelled') {
    const unused = 'result' in end ? end.result?.body : undefined
    return { ...nothing, state: 'cancelled', outcome: 'cancelled', unused }
  }
  switch (end.kind) {
    case 'succeeded':
      return { ...nothing, state: 'succeeded', outcome: 'succeeded', result: end.result }
    case 'failed':
      return { ...nothing, state: 'failed', outcome: 'failed', error: end.error, dead: end.dead, result: end.result }
    case 'again':
      return { ...nothing, state: 'queued', outcome: 'failed', error: end.error, runAt: end.runAt }
    case 'released':
      return { ...nothing, state: 'queued', outcome: 'released', error: 'same' }
  }
}

/** The end of a job that was asked to stop, or that was cancelled before it began. */
export const cancelled: Verdict = { ...nothing, state: 'cancelled', outcome: 'lost' }

/** The end of an attempt whose worker was lost. */
const lost: Verdict = { ...nothing, state: 'queued', outcome: 'lost', error: 'same' }

/** Jobs that are one crash from being poison begin so far from each other. */
const apartMs = 5_000

/**
 * Jobs whose worker was lost wait again. Which of those that a worker had was its end nobody knows: where it happened to some of them
 * before, they begin one after the other, so that the guilty one is soon alone and does not take the others with it.
 */
export const createLosses = (maxCrashes: number, now: number): ((crashes: number) => Verdict) => {
  let suspects = 0
  return (crashes) => {
    if (crashes >= maxCrashes) return poisoned(crashes)
    if (crashes < 2 || crashes < maxCrashes - 1) return lost
    return { ...lost, runAt: now + apartMs * suspects++ }
  }
}

/** A job whose workers died of it, too often. */
const poisoned = (crashes: number): Verdict => ({
  ...nothing,
  state: 'failed',
  outcome: 'lost',
  error: {
    code: 'internal',
    message: `Its worker died ${crashes} times while it ran this job. See the worker's log, then ask it again.`,
  },
  dead: 'poison',
})

/** A job that could not begin in time. */
export const overdue: Verdict = {
  ...nothing,
  state: 'failed',
  outcome: 'lost',
  error: { code: 'deadline_exceeded', message: 'Its deadline passed before it could be done.' },
}

/** A number for a priority; the most urgent is 0. */
export const classOf = (priority: Priority): number => priorities.indexOf(priority)

/**
 * Which class has the next turn, given since when the first of each is due: the most urgent; every fourth time the one
 * below it whose first has waited longest, if that is long. Undefined: nobody waits.
 */
export const classInTurn = (oldest: readonly (number | undefined)[], sinceAged: number, now: number) => {
  const urgent = oldest.findIndex((at) => at !== undefined)
  if (urgent < 0) return undefined
  let found = urgent
  let since = now - agingMs
  if (sinceAged >= turnsPerAged - 1)
    for (const [index, at] of oldest.entries())
      if (index > urgent && at !== undefined && at <= since) {
        found = index
        since = at - 1
      }
  return { class: found, sinceAged: found === urgent ? Math.min(sinceAged + 1, turnsPerAged - 1) : 0 }
}

/** Names an event: `evt_` and 24 characters. */
export const newEventId = (): string => `evt_${createId()}`

/** The file that bytes lie in, if they lie in one. */
export const fileOf = (bytes: JobBytes | undefined): string | undefined =>
  bytes && 'file' in bytes ? bytes.file : undefined

/**
 * What a job used, with an attempt that ended: all of them together. What was unknown once stays so, also when a worker that was taken
 * for lost tells it late.
 */
export const usageWith = (
  { begun, usage }: { readonly begun: number; readonly usage: Usage | undefined },
  ended: Usage | undefined,
): Usage | undefined => {
  const before = begun > 1 ? usage : noUsage
  return before && ended && addUsage(before, ended)
}
