import { afterwards, type Ending } from '../core/afterwards.ts'
import type { Bound, Match } from '../core/allowance.ts'
import type { Answer } from '../core/answer.ts'
import { type Attempt, type Call, wasSent } from '../core/call.ts'
import { asGatewayError } from '../core/errors.ts'
import type { Stage } from '../core/handler.ts'
import type { Request } from '../core/request.ts'
import { type Limits, sortedBounds } from '../core/sorted-bounds.ts'
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
    const waiting = gates && bounds.findLast(({ allowance }) => allowance.waits)
    const gate = waiting && gateOf(gates, waiting.subject, bounds)
    return admitted({ ledger, call, bounds, forecast, gate, isTold: true, next: () => next(call) })
  }
}

/** The same for limits of a provider, once per attempt: where one is full the next target is asked. */
export const limitProvider = (options: LimitOptions): Stage<Attempt> => {
  const { ledger, match, forecast = new OutputForecast() } = options
  return (next) => (attempt) => {
    const { caller, request, target, line } = attempt
    // Whoever waited for its turn took what these limits allow with it.
    if (queueOf(attempt)) return next(attempt)
    const { ofProvider } = sortedBounds(match()(caller, request.model, target.provider))
    if (ofProvider === undefined) return next(attempt)
    const bounds = countingOf(ofProvider, request)
    if (bounds.length === 0) return next(attempt)
    const call = { ...attempt, account: { attempts: [line] } }
    return admitted({ ledger, call, bounds, forecast, isTold: false, next: () => next(attempt) }).catch((thrown) => {
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

/** Counting tokens uses none, and is over at once. */
const countingOf = ({ limits, requests }: Limits, { operation }: Request): readonly Bound[] =>
  operation === 'count_tokens' ? requests : limits

interface Admission {
  readonly ledger: Ledger
  readonly call: Call
  readonly bounds: readonly Bound[]
  readonly forecast: OutputForecast
  /** Are callers told where these limits stand? */
  readonly isTold: boolean
  /** Where it waits for its turn; undefined: who does not fit is refused. */
  readonly gate?: Gate | undefined
  next(): Promise<Answer>
}

const admitted = (admission: Admission): Promise<Answer> => {
  const { ledger, call, gate } = admission
  const asks = asksOf(admission)
  let holding: Hold | Promise<Hold>
  try {
    holding = gate ? waited({ ...admission, asks }, gate) : ledger.hold(asks, call.signal)
  } catch (thrown) {
    return turnedAway(admission, thrown)
  }
  if (!(holding instanceof Promise)) return entered(admission, asks, holding)
  return holding.then(
    (hold) => entered(admission, asks, hold),
    (thrown) => turnedAway(admission, thrown),
  )
}

const entered = (admission: Admission, asks: readonly Ask[], hold: Hold): Promise<Answer> => {
  const { call, forecast } = admission
  tell(admission)
  return afterwards(admission.next(), (ending) => {
    const used = usedBy(call, ending)
    if (used.output !== undefined) forecast.add(askedBy(call), used.output)
    settle(hold, asks, used)
  })
}

const turnedAway = (admission: Admission, thrown: unknown): Promise<Answer> => {
  const error = asGatewayError(thrown)
  tell(admission)
  return error.code === 'store_unavailable' ? admission.next() : Promise.reject(error)
}

const tell = ({ isTold, call, bounds, ledger }: Admission): void => {
  if (isTold) call.notes.limits = tightestLimits(bounds, ledger.view)
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
  let wasAsked = false
  let tokens = 0
  let output: number | undefined
  for (const line of account.attempts) {
    if (!wasSent(line)) continue
    if (line.usage === undefined) return { requests: 1n, tokens: undefined }
    wasAsked = true
    output = outputTokens(line.usage)
    tokens += inputTokens(line.usage) + output
  }
  if (!wasAsked && error !== undefined) return { requests: 0n, tokens: 0n }
  if (error !== undefined || request.embed) output = undefined
  return { requests: 1n, tokens: BigInt(tokens), output: output && output / (request.chat.choices ?? 1) }
}

const settle = (hold: Hold, asks: readonly Ask[], { requests, tokens }: Used): void => {
  hold.settle(
    asks.map(({ allowance }, index) => {
      if (allowance.unit === 'requests') return requests
      if (allowance.unit === 'concurrency') return 0n
      return tokens ?? hold.granted[index] ?? 0n
    }),
  )
}
