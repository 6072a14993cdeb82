import type { Background } from './core/background.ts'
import type { Attempt, Call, Caller } from './core/call.ts'
import { asGatewayError, type GatewayError } from './core/errors.ts'
import { compose, type Handler, type Stage } from './core/handler.ts'
import { callOf, type Question } from './core/question.ts'
import { scopesOf } from './core/scope.ts'
import { sortedBounds } from './core/sorted-bounds.ts'
import { Stop } from './core/stop.ts'
import { departure, endOf } from './core/unsent.ts'
import { type Explained, type PlannedMemory, plannedTargets, type Try } from './explained.ts'
import type { Memory, Money, Parts } from './gateway.ts'
import { createLookingLedger, type Looked, lookAt } from './ledger/look.ts'
import { createRoute } from './routing/route.ts'
import { limitOf } from './routing/time-limit.ts'
import { createAdmit } from './stages/admit.ts'
import { budget } from './stages/budget.ts'
import { cache } from './stages/cache.ts'
import { conform } from './stages/conform.ts'
import { emulate } from './stages/emulate.ts'
import { limit, limitProvider } from './stages/limit.ts'
import { foresee } from './stages/throttle.ts'
import type { AnswerCache, LedgerStore } from './stores/store.ts'

/** The parts of a gateway, and where its store says that allowances stand. */
export interface ExplainParts extends Parts {
  readonly standing: LedgerStore['standing']
}

/** Says what would become of a question that came now. Rejects with nothing but `internal`. */
export type Explain = (question: Question) => Promise<Explained>

/** Explaining, and who may be explained to. */
export interface Explaining {
  readonly explain: Explain
  /** Who comes with a key of this name; undefined: nobody could. */
  callerNamed(key: string): Caller | undefined
  /** True while nobody ever had a key, so that everybody is let in. */
  readonly isOpen: boolean
}

/**
 * Lets a question go the way of a call, through the same stages in the same order: over a ledger that holds nothing, a
 * memory that is only looked at, and attempts that end where they would be sent. Nothing is asked, held or changed.
 */
export const createExplain =
  (parts: ExplainParts): Explain =>
  async (question) => {
    const totalMs = limitOf(parts.plan(), question)
    const call = callOf(question, { started: parts.clock.now(), totalMs, signal: new Stop() })
    const walk = new Walk(parts, call)
    const refusal = await walk.go()
    const route = call.notes.model === undefined ? undefined : parts.plan().find(call.request.model)
    return {
      call,
      scopes: scopesOf(call.caller),
      route,
      targets: route ? plannedTargets({ call, route, tries: walk.tries }, parts.health) : [],
      allowances: await walk.allowances(),
      refusal,
      memory: route?.cache && walk.memory,
      conforms: walk.conforms,
    }
  }

/** One question on its way, and what was seen there. */
class Walk {
  readonly tries: Try[] = []
  conforms = false
  readonly #parts: ExplainParts
  readonly #call: Call
  readonly #looked = new Map<string, Looked>()
  #asked: { readonly key: string; readonly scope: string } | undefined
  #hasRouted = false

  constructor(parts: ExplainParts, call: Call) {
    this.#parts = parts
    this.#call = call
  }

  /** Goes to the end of it; gives the refusal that a call would meet. */
  async go(): Promise<GatewayError | undefined> {
    const { money, memory } = this.#parts
    const call = this.#call
    const mayPass = call.providerKey !== undefined || call.idempotencyKey !== undefined
    const early = money && !mayPass ? createAdmit(money)(call.caller, call.request.operation) : undefined
    const routed = this.#routed()
    const looking = money && this.#looking(money)
    const front = compose<Call>(
      [
        ...(looking ? [limit({ ...looking, forecast: money?.forecasts?.calls })] : []),
        ...(memory
          ? [cache({ ...this.#parts, ...memory, answers: this.#seeing(memory), background: noBackground })]
          : []),
      ],
      routed,
    )
    const error = await endOf(front(call))
    const refusal = this.tries.some(({ sent }) => sent) ? undefined : error
    // What is answered from memory, or refused before, shows all the same who would be asked.
    if (!this.#hasRouted) await endOf(routed(call))
    return early ?? refusal
  }

  /** Those that were asked, as they were asked first, then others that bind the caller. */
  async allowances(): Promise<readonly Looked[]> {
    const { money, standing } = this.#parts
    if (!money) return []
    const { hard, soft, limits } = sortedBounds(money.match()(this.#call.caller, this.#call.request.model))
    for (const bound of [...limits, ...hard, ...soft])
      if (!this.#looked.has(nameOf(bound)))
        this.#looked.set(nameOf(bound), await lookAt(bound, { ledger: money.ledger, standing, now: Date.now }))
    return [...this.#looked.values()]
  }

  get memory(): PlannedMemory {
    const { cache: note } = this.#call.notes
    const { key, scope } = this.#asked ?? {}
    const outcome = note && (note.outcome === 'semantic' || note.outcome === 'coalesced' ? 'miss' : note.outcome)
    return { outcome, key, scope, ageMs: note?.ageMs }
  }

  /** What comes after memory: the format that is asked for, then the targets in their order. */
  #routed(): Handler<Call> {
    const { structured, plan, health, clock, random } = this.#parts
    const route = createRoute({
      plan,
      countRequest: () => undefined,
      takeRetry: () => false,
      open: (target) => health.state(target).open,
      now: () => clock.now(),
      random,
      load: () => 0,
    })(this.#attempt())
    const handle: Handler<Call> = (call) => {
      this.#hasRouted = true
      this.conforms = call.conforms === true
      return route(call)
    }
    const conforming = structured ? conform({ ...structured, plan })(handle) : handle
    return (call) => {
      this.#hasRouted = true
      return conforming(call)
    }
  }

  #attempt(): Handler<Attempt> {
    const { money, gates, clock } = this.#parts
    const looking = money && this.#looking(money)
    const queued: Stage<Attempt> = (next) => (attempt) => {
      const found = gates && foresee(attempt, { gates, clock, money })
      const current = this.tries.at(-1)
      if (current) current.queuedMs = found?.waitMs
      return found?.refusal ? Promise.reject(found.refusal) : next(attempt)
    }
    return compose<Attempt>(
      [
        this.#seen,
        emulate,
        queued,
        ...(looking
          ? [limitProvider({ ...looking, forecast: money?.forecasts?.attempts }), budget({ ...looking, clock })]
          : []),
      ],
      (attempt) => {
        const current = this.tries.at(-1)
        if (current) current.sent = attempt
        return Promise.reject(departure())
      },
    )
  }

  readonly #seen: Stage<Attempt> = (next) => async (attempt) => {
    const own: Try = { attempt }
    this.tries.push(own)
    try {
      return await next(attempt)
    } catch (thrown) {
      own.error = asGatewayError(thrown)
      throw thrown
    }
  }

  #looking({ ledger, match }: Money): Pick<Money, 'ledger' | 'match'> {
    const { standing } = this.#parts
    const looked = (found: Looked): void => {
      if (!this.#looked.has(nameOf(found))) this.#looked.set(nameOf(found), found)
    }
    return { match, ledger: createLookingLedger({ ledger, standing, looked, now: Date.now }) }
  }

  /** The same answers, which nobody uses, renews or takes away. */
  #seeing({ answers }: Memory): AnswerCache {
    return {
      find: (key, scope) => {
        this.#asked ??= { key, scope }
        return answers.find(key, scope, 'look')
      },
      put: () => undefined,
      similar: async () => [],
      purge: async () => 0,
      listen: () => undefined,
      standing: () => answers.standing(),
      close: async () => undefined,
    }
  }
}

const noBackground: Background = {
  ask: () => Promise.reject(departure()),
  cancelAll: () => undefined,
}

const nameOf = ({ allowance, subject }: Pick<Looked, 'allowance' | 'subject'>): string => `${allowance.id}\n${subject}`
