import { smaller } from '../../core/amounts.ts'
import type { DeadReason, Job, JobAttempt, JobError, JobOrder, JobResult, JobState } from '../../core/job.ts'
import type { Nanos } from '../../core/money.ts'
import type { Usage } from '../../core/usage.ts'
import type { JobPiece } from '../job-store.ts'
import type { Held } from './ledger.ts'

/** An attempt in memory. Its fence is its name. */
export type MemoryAttempt = { -readonly [Field in keyof JobAttempt]: JobAttempt[Field] } & {
  readonly fence: number
  /** Its cost was told, or is known to be unknown. */
  isBooked: boolean
}

/** A job in memory. */
export interface MemoryJob {
  readonly order: JobOrder
  /** In the order of submission. */
  readonly number: number
  readonly createdAt: number
  state: JobState
  version: number
  dueAt: number
  startedAt: number | undefined
  endedAt: number | undefined
  expiresAt: number | undefined
  attempts: number
  /** Attempts that ever began, also those that do not count. */
  begun: number
  crashes: number
  error: JobError | undefined
  dead: DeadReason | undefined
  redrivenAs: string | undefined
  costNanos: Nanos
  unknownCosts: number
  usage: Usage | undefined
  result: JobResult | undefined
  isStopping: boolean
  /** Of the attempt that runs. */
  current: MemoryAttempt | undefined
  leaseUntil: number
  readonly history: MemoryAttempt[]
  /** What is set aside for it, and the attempt that has it; undefined: it waits. */
  money: { readonly held: Held; fence: number | undefined }[]
  pieces: JobPiece[]
  pieceCharacters: number
}

/** A job that was just submitted. */
export const newMemoryJob = (order: JobOrder, number: number, now: number): MemoryJob => ({
  order,
  number,
  createdAt: now,
  state: 'queued',
  version: 1,
  dueAt: Math.max(now, order.runAt),
  startedAt: undefined,
  endedAt: undefined,
  expiresAt: undefined,
  attempts: 0,
  begun: 0,
  crashes: 0,
  error: undefined,
  dead: undefined,
  redrivenAs: undefined,
  costNanos: 0n,
  unknownCosts: 0,
  usage: undefined,
  result: undefined,
  isStopping: false,
  current: undefined,
  leaseUntil: 0,
  history: [],
  money: [],
  pieces: [],
  pieceCharacters: 0,
})

/** A job as others see it. */
export const jobOf = (row: MemoryJob, withResult = true): Job => {
  const { body: _body, headers: _headers, keepMs: _keepMs, ...order } = row.order
  return {
    ...order,
    runAt: row.dueAt,
    state: row.state,
    version: row.version,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    attempts: row.attempts,
    crashes: row.crashes,
    error: row.error,
    dead: row.dead,
    redrivenAs: row.redrivenAs,
    costNanos: row.costNanos,
    heldNanos: heldOf(row),
    unknownCosts: row.unknownCosts,
    usage: row.usage,
    result: withResult ? row.result : undefined,
    isStopping: row.isStopping,
    expiresAt: row.expiresAt,
  }
}

const heldOf = ({ money }: MemoryJob): bigint => {
  const [first = 0n, ...others] = money.filter(({ held }) => !held.isLost).map(({ held }) => held.left)
  return others.reduce(smaller, first)
}

/** An attempt as others see it. */
export const attemptOf = ({ fence: _fence, isBooked: _isBooked, ...attempt }: MemoryAttempt): JobAttempt => attempt

/** Writes that an attempt is over. */
export const endAttempt = (attempt: MemoryAttempt, outcome: JobAttempt['outcome'], now: number): void => {
  attempt.outcome = outcome
  attempt.endedAt = now
}
