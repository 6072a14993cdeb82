import type { Match } from './core/allowance.ts'
import type { Answer, Form } from './core/answer.ts'
import { type Background, createBackground } from './core/background.ts'
import type { Attempt, Call } from './core/call.ts'
import type { Reader } from './core/chunk.ts'
import type { Clock } from './core/clock.ts'
import { asGatewayError, GatewayError } from './core/errors.ts'
import { compose, type Handler } from './core/handler.ts'
import type { PromptNames } from './core/prompt-names.ts'
import { callOf, type Question } from './core/question.ts'
import type { RecallStanding } from './core/recall-standing.ts'
import type { Sink } from './core/record.ts'
import { Stop } from './core/stop.ts'
import type { Transcript } from './core/transcript.ts'
import { bookTo } from './ledger/book.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Gates } from './queueing/gates.ts'
import type { OutputForecast } from './queueing/output-forecast.ts'
import type { Health } from './routing/health.ts'
import type { Hedging } from './routing/hedging.ts'
import type { Plan } from './routing/plan.ts'
import type { RetryBudget } from './routing/retry-budget.ts'
import { createRoute } from './routing/route.ts'
import { limitOf } from './routing/time-limit.ts'
import { type Admit, createAdmit } from './stages/admit.ts'
import { begin } from './stages/begin.ts'
import { breaker } from './stages/breaker.ts'
import { budget } from './stages/budget.ts'
import { cache } from './stages/cache.ts'
import { coalesce } from './stages/coalesce.ts'
import { conform } from './stages/conform.ts'
import { count } from './stages/count.ts'
import { emulate } from './stages/emulate.ts'
import { idempotent } from './stages/idempotent.ts'
import { keep } from './stages/keep.ts'
import { limit, limitProvider } from './stages/limit.ts'
import { listen } from './stages/listen.ts'
import { createMirrors, type Mirrors } from './stages/mirror.ts'
import { price } from './stages/price.ts'
import { createRecall, type Recall } from './stages/recall.ts'
import { record } from './stages/record.ts'
import { type Repeats, repeat } from './stages/repeat.ts'
import { throttle } from './stages/throttle.ts'
import type { AnswerCache, IdempotencyStore } from './stores/store.ts'
import type { SchemaChecks } from './structured/schema-checks.ts'
import type { Wire } from './wire/wire.ts'

/** What a gateway is made of. Everything but the plan outlives a change of configuration. */
export interface Parts {
  plan(): Plan
  /** Answers one attempt: the sender, or a provider inside the process. */
  readonly transmit: Handler<Attempt>
  /** Does this provider count tokens by itself? */
  countsItself(provider: string): boolean
  readonly health: Health
  readonly retryBudget: RetryBudget
  /** Undefined: nobody is asked twice because a target is late. */
  readonly hedging?: Hedging | undefined
  /** Undefined: nobody waits for a target. */
  readonly gates?: Gates | undefined
  readonly sinks: readonly Sink[]
  /** Budgets, limits and the book of what was spent; undefined: there are none. */
  readonly money?: Money | undefined
  /** Answers that are kept; undefined: none are, and nothing is asked together. */
  readonly memory?: Memory | undefined
  /** Holds structured output against its schema; undefined: it passes as it comes. */
  readonly structured?: Structured | undefined
  /** Answers that are given again to the same key of a caller; undefined: keys of callers mean nothing. */
  readonly keyed?: Keyed | undefined
  /** Told whether answers are the same again; undefined: nothing is asked again for that. */
  readonly repeats?: Repeats | undefined
  /** Names the instructions of questions in records; undefined: they have no names. */
  readonly nameOf?: PromptNames | undefined
  /** Is it noted what is said, for a sink that carries it? Default false. */
  readonly listens?: boolean | undefined
  /** Takes down what callers are told, of the calls it says; undefined: of none. */
  readonly transcribe?: ((call: Call) => Transcript | undefined) | undefined
  readonly clock: Clock
  readonly random: () => number
  /** Calls under way at which the gateway counts as full. */
  readonly capacity: number
}

export interface Money {
  readonly ledger: Ledger
  /** Which allowances bind whom; read anew each time, as administrators change them. */
  match(): Match
  /** What answers said lately, for limits of tokens: of calls, and of attempts at providers. Default: its own. */
  readonly forecasts?: { readonly calls: OutputForecast; readonly attempts: OutputForecast } | undefined
}

/** What structured output is held against. */
export interface Structured {
  readonly checks: SchemaChecks
  /** A language by its name; undefined: there is none. */
  wire(name: string): Wire | undefined
}

/** What was asked under keys of callers. */
export interface Keyed {
  readonly calls: IdempotencyStore
  /** With which keys and questions are named, and answers sealed. */
  readonly secret: Uint8Array
  /** A language by its name; undefined: there is none. */
  wire(name: string): Wire | undefined
}

/** What was asked before. */
export interface Memory {
  readonly answers: AnswerCache
  /** With which questions are named, so that a name tells nobody what was asked. */
  readonly secret: Uint8Array
  /** Reads bytes of a language; undefined: there is no such language. */
  reader(wire: string, form: Form): Reader | undefined
  /** Told when a scope falls back to equal questions only, and when it comes back. */
  readonly recallChanged?: ((standing: RecallStanding) => void) | undefined
}

/** What answers calls, and what it does beside them. */
interface Assembled {
  readonly handle: Handler<Call>
  readonly mirrors: Mirrors
  readonly background: Background
  readonly recall: Recall | undefined
}

/** The whole gateway: what happens once per call, then what happens once per attempt. */
const assemble = (parts: Parts, load: () => number): Assembled => {
  const { plan, health, retryBudget, clock, random, money, memory, structured } = parts
  const attempt = compose<Attempt>(
    [
      emulate, //                         tells a target in words what format is wanted, where it has none
      ...(parts.gates ? [throttle({ gates: parts.gates, clock, money })] : []), // waits for its turn, where there is a queue
      ...(money ? [limitProvider({ ...money, forecast: money.forecasts?.attempts }), budget({ ...money, clock })] : []), // holds the most it can cost, settles what it did
      breaker(health), //                 a target that keeps failing is left alone for a while
      price(clock), //                    what the attempt used, what that costs: one line
      begin(clock), //                    waits for the first word, so that failing before it can still go elsewhere
      count(parts.countsItself), //       counts tokens for targets that cannot
    ],
    parts.transmit, //                    the only one that talks to upstreams
  )
  const route = createRoute({
    plan,
    countRequest: retryBudget.request,
    takeRetry: retryBudget.take,
    open: (target) => health.state(target).open,
    now: () => clock.now(),
    random,
    load,
    hedging: parts.hedging,
  })(attempt)
  const sinks = money ? [bookTo(money.ledger), ...parts.sinks] : parts.sinks
  const recorded = record(sinks, clock, parts.nameOf)
  const ask: Handler<Attempt> = (copy) => recorded(() => attempt(copy))(copy)
  const mirrors = createMirrors({ plan, ask, clock, random })
  const conforming = structured ? conform({ ...structured, plan }) : undefined
  const background = createBackground({ ask: recorded(conforming?.(route) ?? route), clock })
  const remembering = memory && { ...memory, plan, background, recorded, clock, random }
  const recall = remembering && createRecall(remembering)
  const handle = compose<Call>(
    [
      recorded, //                        sees every end; tells the sinks one record, the ledger first
      ...(parts.listens ? [listen] : []), // notes what is said, where somebody asked for that
      ...(parts.keyed ? [idempotent({ ...parts.keyed, clock })] : []), // the same key again: the same answer, not a second call
      ...(money ? [limit({ ...money, gates: parts.gates, forecast: money.forecasts?.calls })] : []), // requests, tokens and calls at once
      ...(remembering
        ? [
            cache(remembering), //        asked before? answered from memory, in the words it was answered in
            coalesce(remembering), //     the same question at the same time is asked once
            ...(recall ? [recall.stage] : []), // nearly asked before? off unless asked for
            keep(remembering), //         keeps what is whole and good
          ]
        : []),
      ...(conforming ? [conforming] : []), // structured output: hold, check, put right, ask again
      ...(parts.repeats ? [repeat({ ...parts.repeats, plan, background, random })] : []), // asks some again, to compare
      mirrors.stage, //                   copies some calls to another target, in the background
    ],
    route, //                             orders the targets; tries until one begins
  )
  return { handle, mirrors, background, recall }
}

/** A call under way. */
export interface Opened {
  readonly call: Call
  readonly answer: Promise<Answer>
  /** What its caller is told is told here as well, by whoever delivers it; undefined: it is not kept. */
  readonly transcript?: Transcript | undefined
  /** Stops everything that is done for this call, upstream included. */
  cancel(reason: GatewayError): void
}

export interface Gateway {
  open(question: Question): Opened
  /** The refusal that a caller would meet whatever it asks for, so that it can be told before a body is read. */
  readonly admit: Admit
  /** Calls under way. */
  readonly inFlight: number
  /** How answering like similar questions goes, scope by scope. */
  recallStandings(): readonly RecallStanding[]
  /** Stops every call that is under way. */
  cancelAll(reason: GatewayError): void
  /** Stops every call that is under way and takes no more: asking then throws the reason. */
  close(reason: GatewayError): void
}

export const createGatewayFrom = (parts: Parts): Gateway => {
  const underWay = new Set<Reins>()
  const { handle, mirrors, background, recall } = assemble(parts, () => underWay.size / parts.capacity)

  let closed: GatewayError | undefined

  const open = (question: Question): Opened => {
    if (closed) throw closed
    const stop = new Stop()
    const reins: Reins = { stop, answer: undefined }
    const totalMs = limitOf(parts.plan(), question)
    const call = callOf(question, { started: parts.clock.now(), totalMs, signal: stop })
    const deadline = setTimeout(expire, totalMs, reins, totalMs)
    underWay.add(reins)
    const over = (): void => {
      clearTimeout(deadline)
      underWay.delete(reins)
      reins.stop = undefined
      reins.answer = undefined
    }
    const answer = handle(call).then(
      (begun) => {
        reins.answer = begun.watch({ done: over, fail: over })
        if (stop.aborted) begun.cancel(asGatewayError(stop.reason))
        return begun
      },
      (thrown) => {
        over()
        throw asGatewayError(thrown)
      },
    )
    if (question.beginWithinMs !== undefined) boundBeginning(answer, question.beginWithinMs, reins)
    return { call, answer, transcript: parts.transcribe?.(call), cancel: (reason) => halt(reins, reason) }
  }

  const cancelAll = (reason: GatewayError): void => {
    for (const reins of underWay) halt(reins, reason)
    mirrors.cancelAll(reason)
    background.cancelAll(reason)
  }

  return {
    open,
    admit: parts.money ? createAdmit(parts.money) : () => undefined,
    get inFlight() {
      return underWay.size
    },
    recallStandings: () => recall?.standings() ?? [],
    cancelAll,
    close: (reason) => {
      closed = reason
      cancelAll(reason)
    },
  }
}

/**
 * What timers and lists hold of a call; emptied when the call is over. Runtimes keep cleared timers and removed set
 * entries reachable until the next full collection: holding the call itself there made every collection copy it.
 */
interface Reins {
  stop: Stop | undefined
  answer: Answer | undefined
}

/** Stops what is under way, and an answer that nobody reads as well: what was held for it must be given back. */
const halt = (reins: Reins, reason: GatewayError): void => {
  const { stop, answer } = reins
  stop?.abort(reason)
  answer?.cancel(reason)
}

const expire = (reins: Reins, ms: number): void =>
  halt(
    reins,
    new GatewayError('deadline_exceeded', `The call was not complete within ${ms} ms.`, { outcome: 'cancelled' }),
  )

const boundBeginning = (answer: Promise<Answer>, ms: number, reins: Reins): void => {
  const timer = setTimeout(expire, ms, reins, ms)
  const clear = (): void => clearTimeout(timer)
  answer.then(clear, clear)
}
