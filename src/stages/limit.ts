import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Bound, Match } from '../core/allowance.ts'
import type { Answer } from '../core/answer.ts'
import { type Account, type Attempt, type Call, wasSent } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Stage } from '../core/handler.ts'
import { isObject } from '../core/json.ts'
import type { QueueLimits, QueuePlace } from '../core/queue-limits.ts'
import type { Request } from '../core/request.ts'
import { type SortedBounds, sortedBounds } from '../core/sorted-bounds.ts'
import { tightestLimits } from '../core/tightest-limits.ts'
import { estimateInput } from '../core/tokens.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { queueOf } from '../core/used.ts'
import type { Ask, Hold, Ledger } from '../ledger/ledger.ts'
import type { Gate } from '../queueing/gate.ts'
import type { Gates } from '../queueing/gates.ts'
import type { Pass } from '../queueing/pass.ts'

export interface LimitOptions {
  readonly ledger: Ledger
  /** Read anew for each call: administrators change allowances. */
  match(): Match
  /** Where calls wait that do not fit; undefined: none do. */
  readonly gates?: Gates | undefined
}

/** Most answers are shorter; what was set aside and not used comes back when the call is over. */
const usualOutput = 1_024

/**
 * Lets a call in when every limit of requests, tokens and calls at once has room for it; one that is refused uses up
 * nothing. Tokens are set aside by an estimate, and what was used is booked at the end. Without its store it lets
 * everybody in: limits protect from too much, and none of it is money.
 */
export const limit =
  ({ ledger, match, gates }: LimitOptions): Stage<Call> =>
  (next) =>
  (call) => {
    const bounds = countingOf(sortedBounds(match()(call.caller, call.request.model)), call.request)
    if (bounds.length === 0) return next(call)
    const tell = (): void => {
      call.notes.limits = tightestLimits(bounds, ledger.view)
    }
    const admission = { ledger, call, bounds, tell }
    const waiting = gates && bounds.findLast(({ allowance }) => allowance.waits)
    if (!waiting) return admitted(admission, () => next(call))
    return admitted({ ...admission, gate: gateOf(gates, waiting.subject, bounds) }, () => next(call))
  }

/** The same for limits of a provider, once per attempt: where one is full the next target is asked. */
export const limitProvider =
  ({ ledger, match }: LimitOptions): Stage<Attempt> =>
  (next) =>
  (attempt) => {
    const { caller, request, target, line } = attempt
    // Whoever waited for its turn took what these limits allow with it.
    if (queueOf(attempt)) return next(attempt)
    const all = match()(caller, request.model, target.provider)
    if (!all.some(isOfProvider)) return next(attempt)
    const bounds = countingOf(sortedBounds(all.filter(isOfProvider)), request)
    if (bounds.length === 0) return next(attempt)
    const call = { ...attempt, account: { attempts: [line] } }
    return admitted({ ledger, call, bounds }, () => next(attempt)).catch((thrown) => {
      const error = asGatewayError(thrown)
      // Only a refusal of its own leaves the line open.
      if (line.outcome !== undefined || error.code !== 'rate_limited') throw error
      line.outcome = 'incapable'
      line.error = error.code
      line.costNanos = 0n
      line.sent = false
      throw error.with({ outcome: 'incapable' })
    })
  }

const isOfProvider = ({ subject }: Bound): boolean => subject.startsWith('provider:')

/** Counting tokens uses none, and is over at once. */
const countingOf = ({ limits, requests }: SortedBounds, { operation }: Request): readonly Bound[] =>
  operation === 'count_tokens' ? requests : limits

interface Admission {
  readonly ledger: Ledger
  readonly call: Call
  readonly bounds: readonly Bound[]
  readonly tell?: () => void
  /** Where it waits for its turn; undefined: who does not fit is refused. */
  readonly gate?: Gate | undefined
}

const admitted = (admission: Admission, next: () => Promise<Answer>): Promise<Answer> => {
  const { ledger, call, bounds, tell } = admission
  const asks = asksOf(bounds, call.request)
  const enter = (hold: Hold): Promise<Answer> => {
    tell?.()
    return afterwards(next(), (ending) => settle(hold, asks, usedBy(call.account, ending)))
  }
  const turnAway = (thrown: unknown): Promise<Answer> => {
    const error = asGatewayError(thrown)
    tell?.()
    return error.code === 'store_unavailable' ? next() : Promise.reject(error)
  }
  let holding: Hold | Promise<Hold>
  try {
    holding = admission.gate ? waited(admission, admission.gate, asks) : ledger.hold(asks, call.signal)
  } catch (thrown) {
    return turnAway(thrown)
  }
  return holding instanceof Promise ? holding.then(enter, turnAway) : enter(holding)
}

const asksOf = (bounds: readonly Bound[], request: Request): readonly Ask[] => {
  let tokens: bigint | undefined
  return bounds.map(({ allowance, subject }) => {
    let amount = 1n
    if (allowance.unit === 'tokens') {
      tokens ??= tokensFor(request)
      // A limit that is smaller than what a call may use lets it in when nothing else was used.
      amount = tokens < allowance.limit ? tokens : atLeastOne(allowance.limit)
    }
    return { allowance, subject, least: amount, wish: amount }
  })
}

const atLeastOne = (amount: bigint): bigint => (amount < 1n ? 1n : amount)

const tokensFor = (request: Request): bigint => {
  const { chat, embed } = request
  // Vectors are no words.
  const output = embed ? 0 : (chat.maxOutput ?? usualOutput) * (chat.choices ?? 1)
  return atLeastOne(BigInt(estimateInput(request) + output))
}

/** How calls wait for limits of their callers. */
const waiting: QueueLimits = { maxWaitMs: 30_000, length: 1_000, concurrency: 1_000_000 }
const unknown = { mean: 0, variance: 0, p95: 0 }

/** Where the calls of somebody wait; it knows what they wait for, as far as this process is alone with it. */
const gateOf = (gates: Gates, subject: string, bounds: readonly Bound[]): Gate => {
  const gate = gates.ofCaller(subject, waiting)
  for (const { allowance } of bounds) {
    const { unit, window, limit: most, model, waits } = allowance
    if (waits && model === undefined && window.kind === 'rolling' && (unit === 'requests' || unit === 'tokens'))
      gate.quota.limit({ unit, limit: Number(most), windowMs: window.ms }, 'configured')
  }
  return gate
}

/** A refusal that waiting does not help against. */
class Final {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** Waits until the ledger has what is asked for, and it is this call's turn. */
const waited = ({ ledger, call, bounds }: Admission, gate: Gate, asks: readonly Ask[]): Promise<Hold> => {
  const { caller, signal, deadline, notes, priority = 'normal' } = call
  const waits = new Set(bounds.flatMap(({ allowance }) => (allowance.waits ? [allowance.id] : [])))
  const sorted = (thrown: unknown): never => {
    const { code, details } = asGatewayError(thrown)
    const limit = details.facts?.limit
    const helps = isObject(limit) && typeof limit.id === 'string' && waits.has(limit.id)
    if (code === 'rate_limited' && helps && (details.retryAfterMs ?? Infinity) <= waiting.maxWaitMs) throw thrown
    throw new Final(thrown)
  }
  const grab = (): Hold | Promise<Hold> => {
    try {
      const holding = ledger.hold(asks, signal)
      return holding instanceof Promise ? holding.catch(sorted) : holding
    } catch (thrown) {
      return sorted(thrown)
    }
  }
  const tokens = asks.find(({ allowance }) => allowance.unit === 'tokens')?.wish ?? 1n
  const need = { prompt: Number(tokens), output: unknown }
  const tenant = caller.key
  const enter = async (): Promise<Hold> => {
    try {
      const waits = (place: () => QueuePlace): void => {
        notes.waiting = place
      }
      const weight = caller.weight ?? 1
      const pass = await gate.enter({ tenant, weight, priority, need, latestStart: deadline, signal, grab, waits })
      notes.queuedMs = pass.queuedMs
      return new Waited(pass.grabbed as Hold, pass)
    } catch (thrown) {
      if (thrown instanceof Final) throw thrown.error
      throw ownRefusal(asGatewayError(thrown))
    } finally {
      notes.waiting = undefined
    }
  }
  return enter()
}

/** What was waited for; whoever waits next is told when it ends. */
class Waited implements Hold {
  readonly #hold: Hold
  readonly #pass: Pass

  constructor(hold: Hold, pass: Pass) {
    this.#hold = hold
    this.#pass = pass
  }

  get granted(): readonly bigint[] {
    return this.#hold.granted
  }

  settle(used: readonly bigint[]): void {
    this.#hold.settle(used)
    this.#leave(used.some((amount) => amount > 0n) ? undefined : 'nothing')
  }

  release(): void {
    this.#hold.release()
    this.#leave('nothing')
  }

  #leave(used: 'nothing' | undefined): void {
    this.#pass.leave({ used, isOverload: false, isGood: false })
  }
}

/** Limits of one's own are told as such. */
const ownRefusal = (error: GatewayError): GatewayError => {
  if (error.code !== 'queue_full' && error.code !== 'queue_timeout') return error
  const { retryAfterMs, facts } = error.details
  return new GatewayError('rate_limited', error.message, { retryAfterMs, facts })
}

/** What a call used up: nothing when no provider was asked. */
interface Used {
  readonly requests: bigint
  /** Undefined: not known, so the estimate stands. */
  readonly tokens: bigint | undefined
}

const usedBy = (account: Account, { error }: Ending): Used => {
  if (account.handedOver) return { requests: 1n, tokens: undefined }
  const sent = account.attempts.filter(wasSent)
  if (sent.length === 0 && error !== undefined) return { requests: 0n, tokens: 0n }
  let tokens = 0
  for (const { usage } of sent) {
    if (usage === undefined) return { requests: 1n, tokens: undefined }
    tokens += inputTokens(usage) + outputTokens(usage)
  }
  return { requests: 1n, tokens: BigInt(tokens) }
}

const settle = (hold: Hold, asks: readonly Ask[], used: Used): void => {
  hold.settle(
    asks.map(({ allowance }, index) => {
      if (allowance.unit === 'requests') return used.requests
      if (allowance.unit === 'concurrency') return 0n
      return used.tokens ?? hold.granted[index] ?? 0n
    }),
  )
}
