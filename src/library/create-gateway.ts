import process from 'node:process'
import { assemble } from '../config/assemble.ts'
import { parseConfig } from '../config/load.ts'
import type { Runtime } from '../config/runtime.ts'
import type { ConfigInput } from '../config/schema.ts'
import { type CacheWord, cacheWords, wishOfWord } from '../core/cache-words.ts'
import type { Caller } from '../core/call.ts'
import { systemClock } from '../core/clock.ts'
import type { Delta } from '../core/delta.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import { idempotencyKey } from '../core/idempotency-key.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import type { OutputRules } from '../core/output-rules.ts'
import type { Request } from '../core/request.ts'
import type { Opened } from '../gateway.ts'
import { libraryKey } from '../jobs/job-caller.ts'
import { createJobDoors } from '../server/perform.ts'
import { createFetch } from '../server/web.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { type AnswerMemory, answerMemory } from './answer-memory.ts'
import type { ChatRequest } from './chat-request.ts'
import { type ChatAnswer, Gathering } from './collect.ts'
import { type EmbedAnswer, type EmbedRequest, gatherVectors } from './embed.ts'
import { type LibraryJobs, libraryJobs } from './jobs.ts'
import {
  type Asking,
  askForObject,
  growObject,
  type ObjectRequest,
  type ObjectResult,
  type Partially,
  tryObject,
} from './object.ts'

export interface CallOptions {
  /** Stops the call and everything done for it. */
  readonly signal?: AbortSignal | undefined
  /** For everything: queueing, every attempt, back-off. More than 0; the model's own limit holds too. */
  readonly timeoutMs?: number | undefined
  /** Ask only the first target. */
  readonly noFallback?: boolean | undefined
  /** A name for this call, 1 to 255 printable characters: asked again under it, it is answered the same, and paid once. */
  readonly idempotencyKey?: string | undefined
  /**
   * What is done with answers from memory, within what the model allows: `off` neither gives nor keeps one, `read` keeps
   * none, `exact` gives them to equal questions only, `semantic` to similar ones as well.
   */
  readonly cache?: CacheWord | undefined
}

/** With what the library itself demands. */
interface OwnOptions extends CallOptions {
  readonly output?: OutputRules | undefined
}

/** An answer as it comes, to be read once. Nothing is asked before reading begins; leaving the loop stops the upstream. */
export interface ChatStream extends AsyncIterable<Delta> {
  /** The whole answer with its usage and cost, once the stream was read to its end; undefined before, and when it broke. */
  readonly answer: ChatAnswer | undefined
}

/** Who calls are made for: budgets and limits of these names hold, and records carry them. */
export interface CallerScope {
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  /** Whom the application asks for, such as its own customer. */
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Jobs that are done in this process. */
export interface JobWorker {
  /** Jobs under way here. */
  readonly running: number
  /** Takes no more. What is under way may go on for `graceMs` (default 30 000); then it is given back, and another worker does it. */
  close(options?: { readonly graceMs?: number | undefined }): Promise<void>
}

/** The gateway inside an application. */
export interface LibraryGateway {
  /** Asks and waits for the whole answer. Throws GatewayError. */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatAnswer>
  /** Asks and gives the answer as it comes. Reading it throws GatewayError. */
  stream(request: ChatRequest, options?: CallOptions): ChatStream
  /**
   * Asks for a value that satisfies a schema, of a library that keeps to the Standard Schema or a JSON Schema. Throws
   * GatewayError `output_invalid` when no model gave one, unless there is a `fallback`.
   */
  object<T>(request: ObjectRequest<T>, options?: CallOptions): Promise<T>
  /** The same; failing is no exception. */
  tryObject<T>(request: ObjectRequest<T>, options?: CallOptions): Promise<ObjectResult<T>>
  /** Gives the value as it grows; the last one is whole and valid. Leaving the loop stops the upstream. */
  streamObject<T>(request: ObjectRequest<T>, options?: CallOptions): AsyncIterable<Partially<T>>
  /** Turns texts into vectors. Throws GatewayError. */
  embed(request: EmbedRequest, options?: CallOptions): Promise<EmbedAnswer>
  /** Calls whose answers are fetched later. */
  readonly jobs: LibraryJobs
  /**
   * Begins to do jobs in this process, those of everybody who shares the store. `concurrency`: so many at a time, default `jobs.workers`.
   * Without it they wait for a process that does them.
   */
  work(options?: { readonly concurrency?: number | undefined }): JobWorker
  /** Answers that are kept, for everybody who asks through this gateway. */
  readonly cache: AnswerMemory
  /** The doors of the server as a web-standard handler. */
  readonly fetch: (request: globalThis.Request) => Promise<Response>
  /** The same gateway for somebody: their calls carry these names. */
  asCaller(scope: CallerScope): LibraryGateway
  /** Public models and what they stand for. */
  models(): readonly { readonly name: string; readonly provider: string }[]
  /** Prometheus text. Throws GatewayError `not_found` when `telemetry.metrics` is false. */
  metrics(): Promise<string>
  /** Ends what is under way, then closes every connection. Later calls are refused. */
  close(): Promise<void>
}

/**
 * A gateway in this process, from the same configuration as the server's. Providers whose usual keys are in the
 * environment are found, unless `discover: false`. Budgets and limits are counted in memory, unless `store` names a file.
 * Throws ConfigError with every complaint, and GatewayError `store_unavailable` when the file cannot be used.
 */
export const createGateway = async (input: ConfigInput = {}): Promise<LibraryGateway> => {
  const config = await parseConfig(quiet(input), process.env)
  // Nobody could ever ask for what such a ledger holds.
  const hasLedger = config.store.kind !== 'memory' || config.allowances.length > 0
  return facade(await assemble(config, { hasLedger, doors: createJobDoors }), libraryKey)
}

/** Standard output belongs to the application, unless it asks for the log. What is no configuration is not touched. */
const quiet = (input: ConfigInput): ConfigInput => {
  if (!isObject(input)) return input
  const { telemetry = {} } = input
  return isObject(telemetry) ? { ...input, telemetry: { log: 'silent', ...telemetry } } : input
}

/** A gateway's parts as a program uses them; `key` is what records call the program, `scope` whom it asks for. */
export const facade = (runtime: Runtime, key: string, scope: CallerScope = {}): LibraryGateway => {
  const caller: Caller = { key, ...scope }
  const open = (request: ChatRequest, stream: boolean, options: OwnOptions): Opened => {
    const body = { ...request, stream } as unknown as JsonObject
    return start(() => openaiChat.readRequest(body, { operation: 'chat' }), options)
  }
  const chat = async (request: ChatRequest, options: OwnOptions): Promise<ChatAnswer> => {
    const opened = open(request, false, options)
    const answer = await opened.answer
    const gathering = new Gathering(answer, opened.call)
    for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull())
      for (const delta of chunk.deltas) gathering.take(delta)
    return gathering.end(systemClock.now())
  }
  const asking = (options: CallOptions = {}): Asking => ({
    chat: (request, output) => chat(request, { ...options, output }),
    stream: (request, output) => streamOf(() => open(request, true, { ...options, output })),
  })
  const start = (read: () => Request, options: OwnOptions): Opened => {
    const { signal, timeoutMs, noFallback, output, idempotencyKey: given, cache } = options
    if (signal?.aborted) throw cancelledBy(signal)
    if (timeoutMs !== undefined && !(timeoutMs > 0)) throw invalid('timeoutMs', 'must be more than 0.')
    if (cache !== undefined && !cacheWords.includes(cache)) throw invalid('cache', `must be ${cacheWords.join(', ')}`)
    const cacheWish = cache === undefined ? undefined : wishOfWord(cache)
    const key = given === undefined ? undefined : idempotencyKey(given, 'idempotencyKey')
    const asked = read()
    const wishes = { timeoutMs, noFallback, output, idempotencyKey: key, cacheWish }
    const opened = runtime.gateway.open({ request: asked, caller, ...wishes, trace: runtime.currentTrace() })
    if (signal) obey(signal, opened)
    return opened
  }
  return {
    chat: (request, options = {}) => chat(request, options),
    object: async (request, options) => (await askForObject(request, asking(options))).data,
    tryObject: (request, options) => tryObject(request, asking(options)),
    streamObject: (request, options) => growObject(request, asking(options)),
    stream: (request, options = {}) => streamOf(() => open(request, true, options)),
    embed: async (request, options = {}) => {
      const body = { ...request } as unknown as JsonObject
      const opened = start(() => openaiEmbeddings.readRequest(body, { operation: 'embed' }), options)
      return gatherVectors(await opened.answer, opened.call, systemClock.now)
    },
    jobs: libraryJobs(runtime.jobs, runtime.files, caller),
    work: ({ concurrency = Math.max(1, runtime.config.jobs.workers) } = {}) => {
      if (!(Number.isInteger(concurrency) && concurrency > 0))
        throw invalid('concurrency', 'must be a whole number from 1 up.')
      const worker = runtime.work(concurrency)
      return {
        get running() {
          return worker.running
        },
        close: ({ graceMs = 30_000 } = {}) => worker.close({ graceMs }),
      }
    },
    cache: answerMemory(runtime.control, key),
    fetch: createFetch({
      gateway: runtime.gateway,
      plan: runtime.plan,
      authenticate: (credential) => ({ ...runtime.authenticate(credential), ...scope }),
      metrics: runtime.metrics,
      maxBodyBytes: runtime.config.server.maxBodyBytes,
      jobs: runtime.jobs,
      feedback: runtime.observing.feedback,
      files: runtime.files,
      webhookSecret: runtime.webhookSecret,
      maxFileBytes: runtime.config.server.maxFileBytes,
      get clientKeys() {
        return runtime.clientKeys
      },
    }),
    asCaller: (more) => facade(runtime, key, { ...scope, ...more }),
    models: () => runtime.plan().names,
    metrics: async () => (await runtime.metrics()).text,
    close: () => runtime.close(),
  }
}

const streamOf = (open: () => Opened): ChatStream => {
  let whole: ChatAnswer | undefined
  const read = async function* (): AsyncGenerator<Delta, void, undefined> {
    const opened = open()
    const answer = await opened.answer
    const gathering = new Gathering(answer, opened.call)
    for await (const chunk of answer) {
      for (const delta of chunk.deltas) {
        gathering.take(delta)
        yield delta
      }
    }
    whole = gathering.end(systemClock.now())
  }
  const deltas = read()
  return {
    [Symbol.asyncIterator]: () => deltas,
    get answer() {
      return whole
    },
  }
}

const cancelledBy = (signal: AbortSignal): GatewayError =>
  new GatewayError('cancelled', 'The call was cancelled by its signal.', { outcome: 'cancelled', cause: signal.reason })

const obey = (signal: AbortSignal, opened: Opened): void => {
  const stop = (): void => opened.cancel(cancelledBy(signal))
  signal.addEventListener('abort', stop, { once: true })
  const forget = (): void => signal.removeEventListener('abort', stop)
  opened.answer.then((answer) => answer.watch({ done: forget, fail: forget }), forget)
}
