import { answerItems } from '../caching/items.ts'
import { freshUntil, keepAnswer } from '../caching/keep-answer.ts'
import { noteOfKept } from '../caching/kept-note.ts'
import type { Answer, Form } from '../core/answer.ts'
import type { Background } from '../core/background.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import { type FingerprintOptions, identityOf, itemKeysOf } from '../core/fingerprint.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Identity } from '../core/identity.ts'
import type { KeptAnswer } from '../core/kept-answer.ts'
import { decodeKept } from '../core/kept-bytes.ts'
import { replay } from '../core/replay.ts'
import { isReplaySafe } from '../core/request.ts'
import { findRoute } from '../routing/find-route.ts'
import type { Plan, Route } from '../routing/plan.ts'
import type { AnswerCache, CacheEntry } from '../stores/store.ts'

export interface CacheOptions {
  plan(): Plan
  readonly answers: AnswerCache
  /** With which questions are named, so that a name tells nobody what was asked. */
  readonly secret: Uint8Array
  /** Reads bytes of a language; undefined: there is no such language (any more). */
  reader(wire: string, form: Form): Reader | undefined
  readonly background: Background
  readonly clock: Clock
  readonly random: () => number
}

/** Asked before? Then it is answered from memory, in the words it was answered in. */
export const cache = (options: CacheOptions): Stage<Call> => {
  /** Keys for which a newer answer is on its way. */
  const renewing = new Set<string>()
  return (next) => (call) => {
    const { operation, model } = call.request
    if (operation !== 'chat' && operation !== 'embed') return next(call)
    const plan = options.plan()
    const rules = plan.find(model)?.cache
    if (!rules) return next(call)
    try {
      const route = findRoute(plan, call)
      if (isForItself(call)) {
        call.notes.cache = { outcome: 'off' }
        return next(call)
      }
      return new Search({ ...options, renewing, next, call, route, rules }).answer()
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }
}

/** May nobody else have its answer, or is it not only an answer that is asked for? */
const isForItself = ({ request, providerKey, output }: Call): boolean =>
  // What a program demands of an answer has no name by which it could be told from what another one demands.
  providerKey !== undefined || output !== undefined || !isReplaySafe(request) || isStateful(request)

/** Fields by which an answer depends on what a provider keeps or looks up, or is itself kept there. */
const stateful: ReadonlySet<string> = new Set([
  ...['background', 'store', 'conversation', 'previous_response_id', 'prompt'],
  ...['container', 'mcp_servers', 'plugins', 'search_parameters', 'web_search_options'],
])

/** Tools that a provider runs see the world as it is now, and a conversation that it keeps goes on. */
const isStateful = ({ chat, untranslatable, body }: Call['request']): boolean =>
  chat.tools.some(({ hosted }) => hosted !== undefined) ||
  untranslatable.some((field) => stateful.has(field)) ||
  body?.store === true

interface Task extends CacheOptions {
  readonly renewing: Set<string>
  readonly next: Handler<Call>
  readonly call: Call
  readonly route: Route
  readonly rules: CacheRules
}

/** One call that may have been answered before. */
class Search {
  readonly #task: Task

  constructor(task: Task) {
    this.#task = task
  }

  answer(): Promise<Answer> {
    const { call, route, rules, secret, next, answers } = this.#task
    const naming: FingerprintOptions = { secret, scope: rules.scope, route, normalize: rules.normalize }
    const itemKeys = itemKeysOf(call, naming)
    if (itemKeys) return answerItems(this.#task, naming, itemKeys)
    const identity = identityOf(call, naming)
    if (call.cacheWish?.read === false) {
      call.notes.cache = { outcome: 'off' }
      return next({ ...call, identity })
    }
    const found = answers.find(identity.key, identity.scope)
    return found instanceof Promise
      ? found.then((entry) => this.#answerWith(entry, identity))
      : this.#answerWith(found, identity)
  }

  #answerWith(entry: CacheEntry | undefined, identity: Identity): Promise<Answer> {
    const { call, next } = this.#task
    const known = entry && this.#answerFrom(entry, identity)
    if (known) return Promise.resolve(known)
    call.notes.cache = { outcome: 'miss' }
    return next({ ...call, identity })
  }

  /** Undefined: it is too old, cannot be read any more, or is not to be given by the rules of now. */
  #answerFrom(entry: CacheEntry, identity: Identity): Answer | undefined {
    const { call, rules, clock, reader } = this.#task
    const ageMs = call.startedAt - entry.storedAt
    const isFresh = call.startedAt < freshUntil(entry, rules)
    if (!isFresh && call.startedAt >= freshUntil(entry, rules) + rules.staleMs) return undefined
    const { maxAgeMs } = call.cacheWish ?? {}
    if (maxAgeMs !== undefined && ageMs >= maxAgeMs) return undefined
    const kept = decodeKept(entry.value)
    const isPaced = rules.paced && call.request.stream && kept?.form === 'events'
    const answer = kept && replay(kept, { reader, pace: isPaced ? { clock, deadline: call.deadline } : undefined })
    if (!answer) {
      this.#task.answers.purge({ key: entry.key }).catch(() => undefined)
      return undefined
    }
    if (!rules.toolCalls && hasToolCalls(kept)) return undefined
    call.notes.cache = noteOfKept(kept, { outcome: isFresh ? 'hit' : 'stale', ageMs, isPaced })
    call.notes.firstTokenAt = clock.now()
    if (!isFresh) this.#renew(identity)
    return answer
  }

  /** Asks for a newer answer, unless one is on its way. */
  #renew(identity: Identity): void {
    const { call, route, rules, renewing, background } = this.#task
    if (call.cacheWish?.keep === false || renewing.has(identity.key)) return
    renewing.add(identity.key)
    const totalMs = call.request.stream ? route.timeouts.streamTotalMs : route.timeouts.totalMs
    const through: Stage<Call> = (next) => (own) =>
      next(own).then((answer) => keepAnswer(answer, { call: own, identity, rules }, this.#task))
    background
      .ask(call, { purpose: 'refresh', totalMs, through })
      .then(readToTheEnd)
      // The record of it tells what went wrong; the old answer is still there.
      .catch(() => undefined)
      .finally(() => renewing.delete(identity.key))
  }
}

const hasToolCalls = ({ finishes }: KeptAnswer): boolean => finishes.includes('tool_calls')

const readToTheEnd = async (answer: Answer): Promise<void> => {
  while ((await answer.pull()) !== undefined);
}
