import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Bound, Match } from '../core/allowance.ts'
import type { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import { estimateInput } from '../core/tokens.ts'
import { noUsage } from '../core/usage.ts'
import { queueOf, usedOf } from '../core/used.ts'
import type { Hold, Ledger } from '../ledger/ledger.ts'
import type { Gate } from '../queueing/gate.ts'
import type { Gates } from '../queueing/gates.ts'
import { learn } from '../queueing/learned-quota.ts'
import type { Asked } from '../queueing/output-forecast.ts'
import type { Ended, Grabbed, Pass } from '../queueing/pass.ts'
import type { Need } from '../queueing/quota.ts'

export interface ThrottleOptions {
  readonly gates: Gates
  readonly clock: Clock
  /** Limits that are written for providers; undefined: there are none. */
  readonly money?: { readonly ledger: Ledger; match(): Match } | undefined
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
    const limits = createLimits(options)
    return (attempt) => {
      const queue = queueOf(attempt)
      if (!queue) return next(attempt)
      const { written, taken } = limits(attempt)
      const { provider, id } = attempt.target
      const gate = options.gates.of(written.length > 0 ? provider : id, queue)
      configure(gate, written)
      return wait({ options, attempt, gate, bounds: taken }, next)
    }
  }

interface Case {
  readonly options: ThrottleOptions
  readonly attempt: Attempt
  readonly gate: Gate
  readonly bounds: readonly Bound[]
}

const wait = (given: Case, next: Handler<Attempt>): Promise<Answer> => {
  const { options, attempt, gate, bounds } = given
  const { request, caller, target, notes, signal, deadline, started } = attempt
  const asked: Asked = { model: target.model, key: caller.key }
  const { chat, embed } = request
  const most = embed ? 0 : chat.maxOutput && chat.maxOutput * (chat.choices ?? 1)
  const need: Need = { prompt: estimateInput(request), output: gate.forecast.of(asked, most) }
  const grab = options.money && bounds.length > 0 ? grabFrom(options.money.ledger, given, need) : undefined
  const turnAway = (thrown: unknown): Promise<Answer> => {
    notes.waiting = undefined
    return Promise.reject(refused(attempt, asGatewayError(thrown), options.clock.now()))
  }
  const enter = (pass: Pass): Promise<Answer> => {
    notes.waiting = undefined
    return through({ ...given, asked }, pass, next)
  }
  let coming: Pass | Promise<Pass>
  try {
    coming = gate.enter({
      tenant: caller.key,
      weight: caller.weight ?? 1,
      priority: attempt.priority ?? 'normal',
      need,
      latestStart: deadline - Math.min(leastLeftMs, (deadline - started) * leastLeftShare),
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
    if (ended.isGood && typeof used === 'object') gate.forecast.add(asked, used.output)
    if (pass.grabbed instanceof Taken) pass.grabbed.settle(used)
    pass.leave(ended)
  })
}

const endedBy = (attempt: Attempt, ending: Ending): Ended => {
  const { line, notes } = attempt
  const { error, summary } = ending
  const isThrottled = error?.details.outcome === 'throttled'
  return {
    used: usedOf(line, ending),
    isOverload: isThrottled || error?.code === 'upstream_overloaded' || error?.code === 'upstream_timeout',
    isGood: error === undefined,
    firstTokenMs: summary && notes.firstTokenAt !== undefined ? notes.firstTokenAt - line.started : undefined,
    pauseMs: isThrottled ? (error?.details.retryAfterMs ?? usualPauseMs) : undefined,
  }
}

/** How long a provider is left alone that refused and did not say for how long. */
const usualPauseMs = 1_000

/** Limits of a provider. */
interface Limits {
  readonly written: readonly Bound[]
  /** What is taken from the ledger: a little less. */
  readonly taken: readonly Bound[]
}

const none: Limits = { written: [], taken: [] }

/** The limits that are written for an attempt's provider; remembered, since a caller has the same for each of its calls. */
const createLimits = ({ money }: ThrottleOptions): ((attempt: Attempt) => Limits) => {
  const known = new WeakMap<readonly Bound[], Limits>()
  return ({ caller, request, target }) => {
    if (!money) return none
    const all = money.match()(caller, request.model, target.provider)
    const found = known.get(all)
    if (found) return found
    const written = all.filter(
      ({ allowance, subject }) => subject.startsWith('provider:') && allowance.unit !== 'nanos' && allowance.isHard,
    )
    const limits = written.length === 0 ? none : { written, taken: written.map(withMargin) }
    known.set(all, limits)
    return limits
  }
}

/**
 * What is sent within a window does not arrive within one: on the way some is late and the next is not. A hundredth of the
 * limit is left for that.
 */
const withMargin = ({ allowance, subject }: Bound): Bound => {
  const isRate = allowance.unit === 'requests' || allowance.unit === 'tokens'
  return { allowance: isRate ? { ...allowance, limit: allowance.limit - allowance.limit / 100n } : allowance, subject }
}

const configured = new WeakMap<Gate, readonly Bound[]>()

/** The gate paces what it lets through by the limits that are written, so that the ledger seldom has to say no. */
const configure = (gate: Gate, bounds: readonly Bound[]): void => {
  if (bounds.length === 0 || configured.get(gate) === bounds) return
  configured.set(gate, bounds)
  gate.quota.configure(
    bounds.flatMap(({ allowance: { unit, limit, window, model } }) =>
      window.kind === 'rolling' && model === undefined && (unit === 'requests' || unit === 'tokens')
        ? [{ unit, limit: Number(limit), windowMs: window.ms }]
        : [],
    ),
  )
}

/** What the ledger gave for one attempt. */
class Taken implements Grabbed {
  readonly #hold: Hold | undefined
  readonly #bounds: readonly Bound[]

  constructor(hold: Hold | undefined, bounds: readonly Bound[]) {
    this.#hold = hold
    this.#bounds = bounds
  }

  release(): void {
    this.#hold?.release()
  }

  settle(used: Ended['used']): void {
    const { granted = [] } = this.#hold ?? {}
    this.#hold?.settle(
      this.#bounds.map(({ allowance: { unit } }, index) => {
        if (unit === 'concurrency' || used === 'nothing') return 0n
        if (unit === 'requests') return 1n
        return used ? BigInt(used.prompt + used.output) : (granted[index] ?? 0n)
      }),
    )
  }
}

/** Without its store the ledger lets everybody in: limits protect from too much, and none of it is money. */
const grabFrom = (ledger: Ledger, { attempt, bounds }: Case, { prompt, output }: Need) => {
  const tokens = BigInt(Math.ceil(prompt + output.p95))
  const asks = bounds.map(({ allowance, subject }) => {
    const wanted = allowance.unit === 'tokens' ? tokens : 1n
    const fitting = wanted < allowance.limit ? wanted : allowance.limit
    const amount = fitting < 1n ? 1n : fitting
    return { allowance, subject, least: amount, wish: amount }
  })
  const given = (hold: Hold): Taken => new Taken(hold, bounds)
  const failed = (thrown: unknown): Taken => {
    if (thrown instanceof GatewayError && thrown.code === 'store_unavailable') return new Taken(undefined, bounds)
    throw thrown
  }
  return (): Taken | Promise<Taken> => {
    try {
      const holding = ledger.hold(asks, attempt.signal)
      return holding instanceof Promise ? holding.then(given, failed) : given(holding)
    } catch (thrown) {
      return failed(thrown)
    }
  }
}

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
