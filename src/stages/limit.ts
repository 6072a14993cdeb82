import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Bound, Match } from '../core/allowance.ts'
import type { Answer } from '../core/answer.ts'
import { type Attempt, type Call, wasSent } from '../core/call.ts'
import { asGatewayError } from '../core/errors.ts'
import type { Stage } from '../core/handler.ts'
import type { Request } from '../core/request.ts'
import { type SortedBounds, sortedBounds } from '../core/sorted-bounds.ts'
import { tightestLimits } from '../core/tightest-limits.ts'
import { estimateInput } from '../core/tokens.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { queueOf } from '../core/used.ts'
import type { Ask, Hold, Ledger } from '../ledger/ledger.ts'
import type { Gate } from '../queueing/gate.ts'
import type { Gates } from '../queueing/gates.ts'
import { type Asked, OutputForecast } from '../queueing/output-forecast.ts'
import { gateOf, waited } from '../queueing/own-limits.ts'

export interface LimitOptions {
  readonly ledger: Ledger
  /** Read anew for each call: administrators change allowances. */
  match(): Match
  /** Where calls wait that do not fit; undefined: none do. */
  readonly gates?: Gates | undefined
  /** What answers said lately. Default: one of its own. */
  readonly forecast?: OutputForecast | undefined
}

/**
 * Lets a call in when every limit of requests, tokens and calls at once has room for it; one that is refused uses up
 * nothing. Tokens are set aside by what its caller allows the answer, else by what 95 of 100 answers said lately; what was not
 * used comes back when the call is over. Without its store it lets everybody in: limits protect from too much, and none of it
 * is money.
 */
export const limit = (options: LimitOptions): Stage<Call> => {
  const { ledger, match, gates, forecast = new OutputForecast() } = options
  return (next) => (call) => {
    const bounds = countingOf(sortedBounds(match()(call.caller, call.request.model)), call.request)
    if (bounds.length === 0) return next(call)
    const tell = (): void => {
      call.notes.limits = tightestLimits(bounds, ledger.view)
    }
    const admission = { ledger, call, bounds, forecast, tell }
    const waiting = gates && bounds.findLast(({ allowance }) => allowance.waits)
    if (!waiting) return admitted(admission, () => next(call))
    return admitted({ ...admission, gate: gateOf(gates, waiting.subject, bounds) }, () => next(call))
  }
}

/** The same for limits of a provider, once per attempt: where one is full the next target is asked. */
export const limitProvider = (options: LimitOptions): Stage<Attempt> => {
  const { ledger, match, forecast = new OutputForecast() } = options
  return (next) => (attempt) => {
    const { caller, request, target, line } = attempt
    // Whoever waited for its turn took what these limits allow with it.
    if (queueOf(attempt)) return next(attempt)
    const all = match()(caller, request.model, target.provider)
    if (!all.some(isOfProvider)) return next(attempt)
    const bounds = countingOf(sortedBounds(all.filter(isOfProvider)), request)
    if (bounds.length === 0) return next(attempt)
    const call = { ...attempt, account: { attempts: [line] } }
    return admitted({ ledger, call, bounds, forecast }, () => next(attempt)).catch((thrown) => {
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
}

const isOfProvider = ({ subject }: Bound): boolean => subject.startsWith('provider:')

/** Counting tokens uses none, and is over at once. */
const countingOf = ({ limits, requests }: SortedBounds, { operation }: Request): readonly Bound[] =>
  operation === 'count_tokens' ? requests : limits

interface Admission {
  readonly ledger: Ledger
  readonly call: Call
  readonly bounds: readonly Bound[]
  readonly forecast: OutputForecast
  readonly tell?: () => void
  /** Where it waits for its turn; undefined: who does not fit is refused. */
  readonly gate?: Gate | undefined
}

const admitted = (admission: Admission, next: () => Promise<Answer>): Promise<Answer> => {
  const { ledger, call, tell } = admission
  const asks = asksOf(admission)
  const enter = (hold: Hold): Promise<Answer> => {
    tell?.()
    return afterwards(next(), (ending) => {
      const used = usedBy(call, ending)
      if (used.output !== undefined) admission.forecast.add(askedBy(call), used.output)
      settle(hold, asks, used)
    })
  }
  const turnAway = (thrown: unknown): Promise<Answer> => {
    const error = asGatewayError(thrown)
    tell?.()
    return error.code === 'store_unavailable' ? next() : Promise.reject(error)
  }
  let holding: Hold | Promise<Hold>
  try {
    holding = admission.gate ? waited({ ...admission, asks }, admission.gate) : ledger.hold(asks, call.signal)
  } catch (thrown) {
    return turnAway(thrown)
  }
  return holding instanceof Promise ? holding.then(enter, turnAway) : enter(holding)
}

const asksOf = ({ bounds, call, forecast }: Admission): readonly Ask[] => {
  let tokens: bigint | undefined
  return bounds.map(({ allowance, subject }) => {
    let amount = 1n
    if (allowance.unit === 'tokens') {
      tokens ??= tokensFor(call, forecast)
      // A limit that is smaller than what a call may use lets it in when nothing else was used.
      amount = tokens < allowance.limit ? tokens : atLeastOne(allowance.limit)
    }
    return { allowance, subject, least: amount, wish: amount }
  })
}

const atLeastOne = (amount: bigint): bigint => (amount < 1n ? 1n : amount)

const askedBy = ({ request, caller }: Call): Asked => ({ model: request.model, key: caller.key })

const tokensFor = (call: Call, forecast: OutputForecast): bigint => {
  const { chat, embed } = call.request
  // Vectors are no words.
  const output = embed ? 0 : (chat.maxOutput ?? forecast.of(askedBy(call)).p95) * (chat.choices ?? 1)
  return atLeastOne(BigInt(estimateInput(call.request) + Math.ceil(output)))
}

/** What a call used up: nothing when no provider was asked. */
interface Used {
  readonly requests: bigint
  /** Undefined: not known, so the estimate stands. */
  readonly tokens: bigint | undefined
  /** Tokens of each choice of an answer that is whole; undefined: there is none, or it is not known. */
  readonly output?: number | undefined
}

const usedBy = ({ account, request }: Call, { error }: Ending): Used => {
  if (account.handedOver) return { requests: 1n, tokens: undefined }
  const sent = account.attempts.filter(wasSent)
  if (sent.length === 0 && error !== undefined) return { requests: 0n, tokens: 0n }
  let tokens = 0
  let output: number | undefined
  for (const { usage } of sent) {
    if (usage === undefined) return { requests: 1n, tokens: undefined }
    output = outputTokens(usage)
    tokens += inputTokens(usage) + output
  }
  if (error !== undefined || request.embed) output = undefined
  return { requests: 1n, tokens: BigInt(tokens), output: output && output / (request.chat.choices ?? 1) }
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
