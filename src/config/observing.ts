import type { EntryWords } from '../core/call-entry.ts'
import { repeatLabel } from '../core/feedback.ts'
import { type PromptNames, promptNames } from '../core/prompt-names.ts'
import type { Sink } from '../core/record.ts'
import type { BodyStore } from '../stores/body-store.ts'
import type { CallStore } from '../stores/call-store.ts'
import type { FeedbackStore, ObservedStore, QualityQuery, QualityReport } from '../stores/feedback-store.ts'
import { type BodySink, type BodySinkOptions, createBodySink } from '../telemetry/body-sink.ts'
import { createCallSink } from '../telemetry/call-sink.ts'
import { createDeclines, type Declines, type ModelDecline } from '../telemetry/declines.ts'
import { createFeedbackDesk, type FeedbackDesk } from '../telemetry/feedback-desk.ts'
import { createLive, type Live } from '../telemetry/live.ts'
import type { CallsConfig } from './config.ts'
import { type CallsPlace, openCalls } from './open-calls.ts'

export interface ObservingOptions {
  /** Undefined: nothing is kept, and nothing can be followed. */
  readonly calls: CallsConfig | undefined
  /** How what is said is kept, where it is. */
  readonly bodies: Pick<CallsPlace, 'bodiesMs' | 'keys'> & Pick<BodySinkOptions, 'rules' | 'modelOf' | 'mask'>
  /** What names of prompts are made with. */
  readonly secret: Uint8Array
  /** What every text passes before it is kept. */
  readonly redact: (text: string) => string
  warn(message: string, facts: Readonly<Record<string, unknown>>): void
  /** How long calls of a model may take, in milliseconds, by its name. */
  budgets(): Readonly<Record<string, number>>
  /** Told once for each time that a model became worse than it used to be. */
  declined(decline: ModelDecline): void
}

/** What keeps calls for people, and tells of them. */
export interface Observing {
  readonly sinks: readonly Sink[]
  /** Watches models for becoming worse; it is told of many calls in one go. */
  readonly watch: Sink
  /** Undefined: prompts are not named. */
  readonly nameOf: PromptNames | undefined
  /** Undefined: no calls are kept. */
  readonly calls: Pick<CallStore, 'find' | 'list' | 'figures'> | undefined
  readonly live: Live
  /** Takes down what is said in calls; undefined: nothing is kept of them. */
  readonly transcribe: BodySink['begin'] | undefined
  /** What was said in a call; undefined: nothing is kept of calls. */
  readonly bodiesOf: BodyStore['of'] | undefined
  /** Where callers say what they think of answers; undefined: nowhere. */
  readonly feedback: FeedbackDesk | undefined
  /** What callers said of a call; undefined: they cannot. */
  readonly feedbackOf: FeedbackStore['of'] | undefined
  /** Keeps whether the answer to a call was the same again. */
  repeated(call: string, isSame: boolean): void
  /** How good answers were; undefined: nobody knows. */
  readonly quality:
    | ((query: Omit<QualityQuery, 'budgets'>) => Promise<{
        readonly report: QualityReport
        readonly declines: readonly ModelDecline[]
      }>)
    | undefined
  /** After this what is read is exact. Never rejects. */
  flush(): Promise<void>
  /** Records of calls that were lost since the start. */
  dropped(): number
  /** Calls of which it was lost what was said. */
  bodiesDropped(): number
  close(): Promise<void>
}

/** Where so many records wait, there is no room for what was said. */
const manyWaiting = 5_000

/** What is configured; nothing is opened before it is needed. */
export const openObserving = (options: ObservingOptions): Observing => {
  const { calls, secret, redact, warn } = options
  const words: EntryWords = { known: rememberedWords(redact), fresh: redact }
  const live = createLive(words)
  const declines = createDeclines({ now: Date.now, told: options.declined })
  if (calls === undefined) return nothingKept(live, declines)
  const { bodiesMs, keys, ...rules } = options.bodies
  const store = openCalls({ ...calls, bodiesMs, keys }, warn)
  const keeping = createCallSink({ store, words, now: Date.now })
  const isBusy = (): boolean => keeping.waiting() > manyWaiting
  const bodies = createBodySink({ ...rules, store: store.bodies, fresh: redact, isBusy })
  const flush = async (): Promise<void> => {
    await Promise.all([keeping.flush(), bodies.flush()])
  }
  return {
    sinks: [keeping.sink, live.sink],
    watch: declines.sink,
    nameOf: calls.prompts ? promptNames(secret) : undefined,
    calls: store,
    live,
    transcribe: bodies.begin,
    bodiesOf: store.bodies.of,
    feedback: createFeedbackDesk({
      store,
      flush: keeping.flush,
      redact,
      told: ({ score }, { model }) => {
        if (score !== undefined) declines.scored(model, score)
      },
    }),
    feedbackOf: store.feedback.of,
    repeated: (call, isSame) =>
      void keepRepeated(store, keeping.flush, { call, isSame }).catch((error: unknown) =>
        warn('Whether an answer was the same again could not be kept.', { error, call }),
      ),
    quality: async (query) => ({
      report: await store.feedback.quality({ ...query, budgets: options.budgets() }),
      declines: declines.current(),
    }),
    flush,
    dropped: keeping.dropped,
    bodiesDropped: bodies.dropped,
    close: async () => {
      live.close()
      await bodies.close()
      await keeping.close()
      await store.close().catch((error: unknown) => warn('The file of calls could not be closed.', { error }))
    },
  }
}

const nothingKept = (live: Live, declines: Declines): Observing => ({
  sinks: [live.sink],
  watch: declines.sink,
  feedback: undefined,
  feedbackOf: undefined,
  repeated: () => {},
  quality: undefined,
  nameOf: undefined,
  calls: undefined,
  live,
  transcribe: undefined,
  bodiesOf: undefined,
  flush: async () => {},
  dropped: () => 0,
  bodiesDropped: () => 0,
  close: async () => live.close(),
})

const keepRepeated = async (
  store: ObservedStore,
  flush: () => Promise<void>,
  { call, isSame }: { readonly call: string; readonly isSame: boolean },
): Promise<void> => {
  await flush()
  const entry = await store.find(call)
  if (!entry) return
  const { startedAt, model, target, prompt } = entry
  const feedback = { call, key: '', label: repeatLabel, score: isSame ? 1 : -1, at: Date.now() }
  await store.feedback.put(feedback, { startedAt, model, target, prompt })
}

const mostRemembered = 2_000
const longestRemembered = 128

/** Names that come again and again are looked up. */
const rememberedWords = (redact: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const redacted = redact(text)
    if (known.size < mostRemembered && text.length <= longestRemembered) known.set(text, redacted)
    return redacted
  }
}
