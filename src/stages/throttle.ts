import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { asGatewayError, type GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { estimateInput } from '../core/tokens.ts'
import { noUsage } from '../core/usage.ts'
import { queueOf, usedOf } from '../core/used.ts'
import type { Coming, Gate } from '../queueing/gate.ts'
import type { Gates } from '../queueing/gates.ts'
import { learn } from '../queueing/learned-quota.ts'
import type { Asked } from '../queueing/output-forecast.ts'
import type { Ended, Pass } from '../queueing/pass.ts'
import {
  configure,
  createLimits,
  grabFrom,
  type Money,
  type ProviderLimits,
  Taken,
} from '../queueing/provider-limits.ts'

export interface ThrottleOptions {
  readonly gates: Gates
  readonly clock: Clock
  /** Limits that are written for providers; undefined: there are none. */
  readonly money?: Money | undefined
}

/** An attempt is not begun with less than this left. */
const leastLeftMs = 1_000
const leastLeftShare = 0.1

/**
 * Lets an attempt wait for its turn where its target has a queue, before anything is held for it. What the provider allows
 * is taken in the order of the queue: limits that are written from the ledger, as all processes share them, others as the
 * provider's own headers tell them. Who would wait in vain is left to the next target.
 */
export const throttle =
  (options: ThrottleOptions): Stage<Attempt> =>
  (next) => {
    const limits = createLimits(options.money)
    return (attempt) => {
      const queue = queueOf(attempt)
      if (!queue) return next(attempt)
      const written = limits(attempt)
      const gate = options.gates.of(gateNameOf(attempt, written), queue)
      configure(gate, written)
      return wait({ options, attempt, gate, limits: written }, next)
    }
  }

/** Those who share written limits of a provider wait for it, others for the target alone. */
const gateNameOf = ({ target }: Attempt, { written }: ProviderLimits): string =>
  written.length > 0 ? target.provider : target.id

/** What an attempt would meet that came to its gate now; undefined: it would not wait. Changes nothing. */
export const foresee = (attempt: Attempt, options: ThrottleOptions): ReturnType<Gate['foresee']> | undefined => {
  if (!queueOf(attempt)) return undefined
  const gate = options.gates.peek(gateNameOf(attempt, createLimits(options.money)(attempt)))
  return gate ? gate.foresee(comingOf(attempt, gate)) : { waitMs: 0, refusal: undefined }
}

/** An attempt as its gate knows it. */
const comingOf = ({ request, caller, target, deadline, started, priority }: Attempt, gate: Gate): Coming => {
  const { chat, embed } = request
  const most = embed ? 0 : chat.maxOutput && chat.maxOutput * (chat.choices ?? 1)
  const asked: Asked = { model: target.model, key: caller.key }
  return {
    tenant: caller.key,
    weight: caller.weight ?? 1,
    priority: priority ?? 'normal',
    need: { prompt: estimateInput(request), output: gate.forecast.of(asked, most) },
    latestStart: deadline - Math.min(leastLeftMs, (deadline - started) * leastLeftShare),
  }
}

interface Case {
  readonly options: ThrottleOptions
  readonly attempt: Attempt
  readonly gate: Gate
  readonly limits: ProviderLimits
}

const wait = (given: Case, next: Handler<Attempt>): Promise<Answer> => {
  const { options, attempt, gate, limits } = given
  const { caller, target, notes, signal } = attempt
  const asked: Asked = { model: target.model, key: caller.key }
  const came = comingOf(attempt, gate)
  const { need } = came
  const { clock, money } = options
  const grab =
    money && limits.taken.length > 0 ? grabFrom({ ledger: money.ledger, clock, gate, limits, signal }, need) : undefined
  const turnAway = (thrown: unknown): Promise<Answer> => {
    notes.waiting = undefined
    return Promise.reject(refused(attempt, asGatewayError(thrown), clock.now()))
  }
  const enter = (pass: Pass): Promise<Answer> => {
    notes.waiting = undefined
    return through({ ...given, asked }, pass, next)
  }
  let coming: Pass | Promise<Pass>
  try {
    coming = gate.enter({
      ...came,
      signal,
      grab,
      waits: (place) => {
        notes.waiting = place
      },
    })
  } catch (thrown) {
    return turnAway(thrown)
  }
  return coming instanceof Promise ? coming.then(enter, turnAway) : enter(coming)
}

/** It is its turn: what follows has its own clocks, which begin now. */
const through = (
  { attempt, gate, options, asked }: Case & { readonly asked: Asked },
  pass: Pass,
  next: Handler<Attempt>,
): Promise<Answer> => {
  const { line, notes } = attempt
  line.started = options.clock.now()
  line.queuedMs = pass.queuedMs
  notes.queuedMs = (notes.queuedMs ?? 0) + pass.queuedMs
  let begun: Promise<Answer>
  try {
    begun = next(attempt)
  } catch (thrown) {
    begun = Promise.reject(thrown)
  }
  const heard = begun.then((answer) => {
    learn(gate, answer.head.headers)
    return answer
  })
  return afterwards(heard, (ending) => {
    const ended = endedBy(attempt, ending)
    const { used } = ended
    if (ending.error?.details.told) learn(gate, ending.error.details.told)
    if (ended.isGood && typeof used === 'object') gate.forecast.add(asked, used.output)
    if (pass.grabbed instanceof Taken) pass.grabbed.settle(used)
    pass.leave(ended)
  })
}

const endedBy = (attempt: Attempt, ending: Ending): Ended => {
  const { line, notes } = attempt
  const { error, summary } = ending
  const isThrottled = error?.details.outcome === 'throttled'
  const used = usedOf(line, ending)
  return {
    used,
    // Where all keys rest nobody was asked.
    isThrottled: isThrottled && used !== 'nothing',
    isOverload: isThrottled || error?.code === 'upstream_overloaded' || error?.code === 'upstream_timeout',
    isGood: error === undefined,
    firstTokenMs: summary && notes.firstTokenAt !== undefined ? notes.firstTokenAt - line.started : undefined,
    pauseMs: isThrottled ? (error?.details.retryAfterMs ?? usualPauseMs) : undefined,
  }
}

/** How long a provider is left alone that refused and did not say for how long. */
const usualPauseMs = 1_000

/** Closes the line of an attempt that was not sent. */
const refused = ({ line, notes, target }: Attempt, error: GatewayError, now: number): GatewayError => {
  line.ended = now
  line.outcome = error.details.outcome ?? 'incapable'
  line.error = error.code
  line.usage = noUsage
  line.costNanos = 0n
  line.sent = false
  line.queuedMs = now - line.started
  notes.queuedMs = (notes.queuedMs ?? 0) + line.queuedMs
  notes.skipped ??= []
  notes.skipped.push({ target: target.id, reason: error.code })
  return error
}
