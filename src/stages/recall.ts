import { freshUntil } from '../caching/keep-answer.ts'
import { noteOfKept } from '../caching/kept-note.ts'
import type { Answer } from '../core/answer.ts'
import type { Background } from '../core/background.ts'
import type { CacheRules, SemanticRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { likenessOf } from '../core/fingerprint.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { Identity } from '../core/identity.ts'
import type { RecallStanding } from '../core/recall-standing.ts'
import { replay } from '../core/replay.ts'
import { isReplaySafe } from '../core/request.ts'
import type { Plan, Route } from '../routing/plan.ts'
import { agree } from '../similarity/agree.ts'
import { type FindReader, overhear, readText, textOfBytes } from '../similarity/answer-texts.ts'
import { type Cuts, createCuts } from '../similarity/cut.ts'
import { createErrorBudget, type ErrorBudget } from '../similarity/error-budget.ts'
import { type Found, findSimilar, type KeptEntry } from '../similarity/find-similar.ts'
import { createFrames, type Frame, type Frames } from '../similarity/frames.ts'
import { type Vectors, vectorsOf } from '../similarity/vectors.ts'
import type { AnswerCache } from '../stores/store.ts'

export interface RecallOptions {
  plan(): Plan
  readonly answers: AnswerCache
  readonly secret: Uint8Array
  readonly reader: FindReader
  readonly background: Background
  readonly clock: Clock
  readonly random: () => number
  /** Told when a scope falls back to equal questions only, and when it comes back. */
  readonly recallChanged?: ((standing: RecallStanding) => void) | undefined
}

/** Answers from memory to questions that say nearly the same. */
export interface Recall {
  /** Nearly asked before? Then it is answered like the question that says the same, where that is safe. */
  readonly stage: Stage<Call>
  /** How that goes, scope by scope. */
  standings(): readonly RecallStanding[]
}

/** What a question needs to be looked for. */
interface Asked {
  readonly call: Call
  readonly route: Route
  readonly identity: Identity
  readonly rules: SemanticRules
  readonly lasting: CacheRules
  readonly frame: Frame
  readonly text: string
  readonly vector: Float32Array
  readonly floor: number
}

interface Workshop extends RecallOptions {
  readonly frames: Frames
  readonly budget: ErrorBudget
  readonly cuts: Cuts
}

/** Longer questions are hardly asked twice, and slow to compare. */
const mostLetters = 4000

export const createRecall = (options: RecallOptions): Recall => {
  const { answers, clock, recallChanged } = options
  const budget = createErrorBudget({ changed: recallChanged })
  const frames = createFrames({ load: (frame, scope) => answers.similar(frame, scope), now: () => clock.now() })
  answers.listen((keys) => frames.forget(keys))
  const workshop: Workshop = { ...options, frames, budget, cuts: createCuts() }
  return {
    stage: (next) => (call) => {
      const { identity, request, cacheWish } = call
      if (!identity || request.operation !== 'chat' || cacheWish?.semantic === false) return next(call)
      const route = options.plan().find(request.model)
      const lasting = route?.cache
      const rules = lasting?.semantic
      if (!route || !lasting || !rules) return next(call)
      return answered(call, { route, identity, rules, lasting }, { next, workshop })
    },
    standings: () => budget.standings(),
  }
}

type Told = Pick<Asked, 'route' | 'identity' | 'rules' | 'lasting'>

interface Onward {
  readonly next: Handler<Call>
  readonly workshop: Workshop
}

const answered = async (call: Call, told: Told, { next, workshop }: Onward): Promise<Answer> => {
  const { budget, random } = workshop
  const { identity, rules } = told
  const asked = await prepare(call, told, workshop).catch(() => undefined)
  if (!asked) return next(call)
  const onward = (): Promise<Answer> => next(keptWith(asked)).then((answer) => joined(answer, asked, workshop))
  if (call.cacheWish?.read === false) return onward()
  const found = await findSimilar({ ...asked, isFresh: (entry) => isFresh(entry, asked) }, workshop).catch(
    () => undefined,
  )
  budget.asked(identity.scope, found !== undefined)
  if (!found) return onward()
  if (!rules.shadow && !budget.isSuspended(identity.scope)) {
    const given = replay(found.kept, { reader: workshop.reader })
    if (given) {
      budget.served(identity.scope)
      const ageMs = call.startedAt - found.entry.storedAt
      call.notes.cache = noteOfKept(found.kept, { outcome: 'semantic', ageMs, isPaced: false })
      call.notes.firstTokenAt = workshop.clock.now()
      if (budget.wantsCheck(identity.scope, rules.check, random())) checkLater(asked, found, workshop)
      return given
    }
  }
  call.notes.cache = { ...(call.notes.cache ?? { outcome: 'miss' }), wouldHit: true }
  return compared(await onward(), asked, { found, workshop })
}

/** Undefined: this question is never compared, or cannot be now. */
const prepare = async (call: Call, told: Told, workshop: Workshop): Promise<Asked | undefined> => {
  const { route, identity, rules, lasting } = told
  const { scope, normalize } = lasting
  const likeness = likenessOf(call, { scope, normalize, secret: workshop.secret, route })
  if (!likeness || likeness.text.length > mostLetters) return undefined
  const vectors: Vectors = vectorsOf(rules, workshop.background)
  const vector = await vectors.of(call, likeness.text)
  if (!vector) return undefined
  const frame = await workshop.frames.open(`${likeness.frame} ${vectors.name}`, identity.scope)
  return { ...told, call, frame, text: likeness.text, vector, floor: rules.similarity ?? vectors.floor }
}

const keptWith = ({ call, frame, text, vector }: Asked): Call => ({
  ...call,
  likeness: { frame: frame.name, text, vector },
})

const isFresh = (entry: KeptEntry, { call, lasting }: Asked): boolean => {
  const maxAgeMs = call.cacheWish?.maxAgeMs
  return (
    call.startedAt < freshUntil(entry, lasting) &&
    (maxAgeMs === undefined || call.startedAt - entry.storedAt < maxAgeMs)
  )
}

/** Once the answer is kept, it is there for questions that come. */
const joined = (answer: Answer, asked: Asked, { answers }: Workshop): Answer =>
  // Whoever keeps it is told in the same turn.
  answer.watch({ done: () => void setImmediate(() => join(asked, answers).catch(() => undefined)) })

const join = async ({ identity, frame, text, vector }: Asked, answers: AnswerCache): Promise<void> => {
  const entry = await answers.find(identity.key, identity.scope)
  if (entry) frame.add({ key: identity.key, text, vector })
}

/** The kept answer beside the one that comes anyway. */
const compared = (
  answer: Answer,
  asked: Asked,
  { found, workshop }: { readonly found: Found; readonly workshop: Workshop },
): Answer => {
  const { wire, form } = answer.head
  if (form === 'raw') return answer
  return overhear(answer, (chunks) => {
    const fresh = textOfBytes(workshop.reader, { wire, form }, chunks)
    if (fresh !== undefined) void judged(asked, { found, fresh }, workshop)
  })
}

/** Asks the question after all, in the background, and compares. */
const checkLater = (asked: Asked, found: Found, workshop: Workshop): void => {
  const { call, route } = asked
  // Its caller pays for its calls, or does not want others to be asked.
  if (call.providerKey !== undefined || !isReplaySafe(call.request)) return
  const { totalMs, streamTotalMs } = route.timeouts
  setImmediate(async () => {
    try {
      const question = { purpose: 'check', totalMs: call.request.stream ? streamTotalMs : totalMs } as const
      const fresh = await readText(await workshop.background.ask(call, question))
      await judged(asked, { found, fresh }, workshop)
    } catch {
      // Its record tells of it; nothing was learned.
    }
  })
}

const judged = async (
  { call, text, rules, identity }: Asked,
  { found, fresh }: { readonly found: Found; readonly fresh: string },
  { background, budget }: Workshop,
): Promise<void> => {
  const isRight = await agree(call, { question: text, kept: found.text, fresh }, { rules, background })
  budget.checked(identity.scope, isRight, rules.maxFalseHits)
}
