import type { Answer } from '../core/answer.ts'
import type { Attempt, Call, HedgeOutcome } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import { isReplaySafe } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { type Advisers, crowded } from './decide.ts'
import type { Hedging } from './hedging.ts'
import type { HedgeLimits } from './plan.ts'
import { type Asking, enter, type Racer, race, type Won } from './race.ts'
import { ask, isLate, type Trial } from './trial.ts'

/** Whom a hedge asks of the world. */
export interface HedgeAdvisers extends Pick<Advisers, 'now' | 'open' | 'load'> {
  readonly hedging: Hedging
  countRequest(target: Target): void
}

/** May this call be asked twice at all? What is asked for its effects may not. */
export const isHedgeable = ({ request, notes }: Call): boolean =>
  request.operation === 'chat' && isReplaySafe(request) && notes.purpose === undefined

/**
 * Asks a target; when its first words are later than they usually are, asks the next one as well, or the same again where
 * there is no other. Who begins first answers; the other is stopped, and both leave a line and a bill.
 */
export const askHedged = async (
  trial: Trial,
  target: Target,
  attempt: Handler<Attempt>,
  advisers: HedgeAdvisers,
): Promise<Answer> => {
  const { call, route } = trial
  const { hedging } = advisers
  const form = call.request.stream ? 'stream' : 'whole'
  const asking =
    (isHedge: boolean): Asking =>
    (own, whom) =>
      ask(trial, { call: own, target: whom, now: advisers.now(), isHedge }, attempt)
  const took = ({ target: whom, line }: Pick<Racer, 'target' | 'line'>, isCut = false): void =>
    hedging.took(whom, form, { ms: advisers.now() - line.started, isCut })
  const patienceMs = hedging.patienceMs(target, form, (route.hedge as HedgeLimits).after)
  if (patienceMs === undefined) {
    const { line, answer } = asking(false)(call, target)
    const begun = await answer
    took({ target, line })
    return begun
  }
  let hedge: Racer | undefined
  const first = enter(call, target, asking(false))
  try {
    const won = await race(first, patienceMs, () => {
      const second = secondFor(trial, target, patienceMs, advisers)
      if (second === undefined || typeof second === 'number') return second
      hedge = enter(call, second, asking(true))
      return hedge
    })
    took(won.winner)
    if (won.loser && won.loser.line.error === undefined) took(won.loser, true)
    await settle(call, won)
    if (hedge) call.notes.hedge = won.winner === hedge ? 'won' : endOf(hedge)
    return won.answer
  } catch (thrown) {
    if (hedge) call.notes.hedge = endOf(hedge)
    throw thrown
  }
}

/** A call that may not be asked twice yet may be later, when others have earned it; who is late longest needs it most. */
const againAfter = (patienceMs: number): number => Math.max(10, patienceMs / 4)

/** The next target that is well, or the same again; undefined when nobody may be asked, a time when nobody may be yet. */
const secondFor = (
  trial: Trial,
  target: Target,
  patienceMs: number,
  { hedging, now, open, load, countRequest }: HedgeAdvisers,
): Target | number | undefined => {
  const { call, route } = trial
  if (call.account.attempts.some((line) => line.hedge)) return undefined
  if (call.signal.aborted || trial.attempts >= route.retry.attempts || load() > crowded) return undefined
  // What would not begin in time is not worth its money.
  if (isLate(call, now()) || call.deadline - now() < patienceMs) return undefined
  const next = call.noFallback ? undefined : trial.rest.find(open)
  const second = next ?? (open(target) ? target : undefined)
  if (second === undefined) return undefined
  if (!hedging.take(route.name)) {
    call.notes.hedge = 'capped'
    return againAfter(patienceMs)
  }
  trial.rest = trial.rest.filter((other) => other !== second)
  if (second !== target) countRequest(second)
  return second
}

/** The one that answers stands last among the attempts, and its diary is the call's. */
const settle = async (call: Call, { winner, loser }: Won): Promise<void> => {
  Object.assign(call.notes, winner.call.notes)
  if (loser === undefined) return
  const { attempts } = call.account
  attempts.splice(attempts.indexOf(winner.line), 1)
  attempts.push(winner.line)
  // It was told to stop, which takes no longer than a turn: its bill should stand when that of the call is made.
  const turn = new Promise((resolve) => setImmediate(resolve))
  await Promise.race([loser.answer.catch(() => undefined), turn])
}

const endOf = ({ line }: Racer): HedgeOutcome => {
  if (line.outcome === undefined || line.outcome === 'cancelled') return 'lost'
  return line.outcome === 'incapable' && line.sent === false ? 'denied' : 'failed'
}
