import { larger, smaller } from './core/amounts.ts'
import type { Attempt, Call } from './core/call.ts'
import { compose, type Handler } from './core/handler.ts'
import { callOf, type Question } from './core/question.ts'
import { Stop } from './core/stop.ts'
import { departure, endOf } from './core/unsent.ts'
import type { Parts } from './gateway.ts'
import type { Ask, Ledger } from './ledger/ledger.ts'
import { createRoute } from './routing/route.ts'
import { limitOf } from './routing/time-limit.ts'
import { budget } from './stages/budget.ts'
import { conform } from './stages/conform.ts'
import { emulate } from './stages/emulate.ts'

/**
 * What is to be asked of the budgets that bind a caller, so that whichever target answers is covered: the most that one attempt may
 * cost. Rejects with `price_unknown` where no target could be asked on a budget.
 */
export type Foresee = (question: Question) => Promise<readonly Ask[]>

/**
 * Lets a question go the way of a call to each of its targets, through the stages that decide what an attempt costs. Nothing is
 * asked or held.
 */
export const createForesee =
  (parts: Parts): Foresee =>
  async (question) => {
    const { money, plan, clock } = parts
    if (!money) return []
    const most = new Map<string, Ask>()
    let isSendable = false
    const attempt = compose<Attempt>(
      [emulate, budget({ match: () => money.match(), clock, ledger: noting(most) })],
      () => {
        isSendable = true
        return Promise.reject(departure())
      },
    )
    const totalMs = limitOf(plan(), question)
    const call = callOf(question, { started: clock.now(), totalMs, signal: new Stop() })
    const error = await endOf(handlerOf(parts, attempt)(call))
    if (!isSendable && error?.code === 'price_unknown') throw error
    return [...most.values()]
  }

const handlerOf = ({ plan, structured, clock, random }: Parts, attempt: Handler<Attempt>): Handler<Call> => {
  const route = createRoute({
    plan,
    countRequest: () => undefined,
    takeRetry: () => false,
    // How targets fare now says nothing of then.
    open: () => true,
    now: () => clock.now(),
    random,
    load: () => 0,
  })(attempt)
  return structured ? conform({ ...structured, plan })(route) : route
}

/** A ledger that gives whatever it is asked for, and notes the most of it. */
const noting = (most: Map<string, Ask>): Ledger => ({
  hold: (asks) => {
    for (const ask of asks) if (!ask.subject.startsWith('provider:')) note(most, ask)
    return { granted: asks.map(({ wish }) => wish), settle: () => undefined, release: () => undefined }
  },
  charge: () => undefined,
  write: () => undefined,
  view: () => undefined,
  refusal: () => undefined,
  heldCount: 0,
  close: async () => undefined,
})

/** Where a budget looks for what is cheaper, that much is enough to begin with. */
const note = (most: Map<string, Ask>, ask: Ask): void => {
  const { allowance, subject } = ask
  const key = `${allowance.id}\n${subject}`
  const { least, wish } = most.get(key) ?? ask
  const suffices = allowance.onLimit === 'cheaper' ? smaller : larger
  most.set(key, { allowance, subject, least: suffices(least, ask.least), wish: larger(wish, ask.wish) })
}
