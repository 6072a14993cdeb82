import type { Answer } from '../core/answer.ts'
import type { Attempt, AttemptLine, Call } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { Handler } from '../core/handler.ts'
import type { Target } from '../core/target.ts'
import type { Route } from './plan.ts'

/** How far a call has come in being tried. */
export interface Trial {
  readonly call: Call
  readonly route: Route
  rest: Target[]
  attempts: number
  again: number
  waitedMs: number
}

/** One question to one target. */
export interface Question {
  /** The trial's own call, or a copy of it that can be stopped alone. */
  readonly call: Call
  readonly target: Target
  /** On the process clock. */
  readonly now: number
  /** Is it asked because another is late? */
  readonly isHedge: boolean
}

/** Asks one target, and opens the line of that attempt. */
export const ask = (
  trial: Trial,
  question: Question,
  attempt: Handler<Attempt>,
): { readonly line: AttemptLine; readonly answer: Promise<Answer> } => {
  const { call, target, now, isHedge } = question
  const ordinal = ++trial.attempts
  const line: AttemptLine = isHedge
    ? { target: target.id, ordinal, started: now, hedge: true }
    : { target: target.id, ordinal, started: now }
  call.account.attempts.push(line)
  const { timeouts, queue = target.queue } = trial.route
  return { line, answer: counted(trial, attempt, { ...call, target, ordinal, line, timeouts, queue }) }
}

const counted = async (trial: Trial, handle: Handler<Attempt>, attempt: Attempt): Promise<Answer> => {
  try {
    return await handle(attempt)
  } catch (thrown) {
    // Nothing was sent, so it is none of the requests that the limit counts.
    if (thrown instanceof GatewayError && thrown.details.outcome === 'incapable') trial.attempts--
    throw thrown
  }
}

/** An attempt with less than this left is not begun. */
const leastLeftMs = 1_000
const leastLeftShare = 0.1

/** Is there too little time left to begin anything? */
export const isLate = (call: Call, now: number): boolean =>
  call.deadline - now < Math.min(leastLeftMs, (call.deadline - call.started) * leastLeftShare)
