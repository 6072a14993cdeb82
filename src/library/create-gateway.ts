import type { Runtime } from '../config/assemble.ts'
import { assemble } from '../config/assemble.ts'
import { parseConfig } from '../config/load.ts'
import type { ConfigInput } from '../config/schema.ts'
import type { Answer } from '../core/answer.ts'
import type { Caller } from '../core/call.ts'
import { systemClock } from '../core/clock.ts'
import type { Delta } from '../core/delta.ts'
import { GatewayError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { Opened } from '../gateway.ts'
import { createFetch } from '../server/web.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { type ChatAnswer, collectAnswer } from './collect.ts'

/** A chat request in OpenAI's words: `model`, `messages`, `tools`, `response_format`, and whatever else the target takes. */
export interface ChatRequest {
  /** A public model, or `provider/model`. */
  readonly model: string
  readonly messages: readonly object[]
  readonly [field: string]: unknown
}

export interface CallOptions {
  /** Stops the call and everything done for it. */
  readonly signal?: AbortSignal | undefined
  /** For everything: queueing, every attempt, back-off. */
  readonly timeoutMs?: number | undefined
  /** Ask only the first target. */
  readonly noFallback?: boolean | undefined
}

/** Who calls are made for; it appears in records. */
export interface CallerScope {
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** The gateway inside an application. */
export interface LibraryGateway {
  /** Asks and waits for the whole answer. Throws GatewayError. */
  chat(request: ChatRequest, options?: CallOptions): Promise<ChatAnswer>
  /** Asks and gives the answer as it comes. Leaving the loop stops the upstream. Throws GatewayError. */
  stream(request: ChatRequest, options?: CallOptions): AsyncGenerator<Delta, void, undefined>
  /** The doors of the server as a web-standard handler. */
  readonly fetch: (request: Request) => Promise<Response>
  /** The same gateway for somebody: their calls carry these names. */
  asCaller(scope: CallerScope): LibraryGateway
  /** Public models and what they stand for. */
  models(): readonly { readonly name: string; readonly provider: string }[]
  /** Prometheus text. */
  metrics(): Promise<string>
  /** Ends what is under way, then closes every connection. */
  close(): Promise<void>
}

/**
 * A gateway in this process, from the same configuration as the server's. Providers whose usual keys are in the
 * environment are found, unless `discover: false`. Throws ConfigError with every complaint.
 */
export const createGateway = async (input: ConfigInput = {}): Promise<LibraryGateway> => {
  const config = await parseConfig({ telemetry: { log: 'silent' }, ...input }, process.env)
  const runtime = assemble(config)
  return facade(runtime, { key: 'library' })
}

/** A gateway's parts as a program uses them, for one caller. */
export const facade = (runtime: Runtime, caller: Caller): LibraryGateway => {
  const open = (request: ChatRequest, stream: boolean, options: CallOptions): Opened => {
    const { signal } = options
    signal?.throwIfAborted()
    const body = { ...request, stream } as unknown as JsonObject
    const opened = runtime.gateway.open({
      request: openaiChat.readRequest(body, { operation: 'chat' }),
      caller,
      timeoutMs: options.timeoutMs,
      noFallback: options.noFallback,
    })
    if (signal) obey(signal, opened)
    return opened
  }
  return {
    chat: async (request, options = {}) => {
      const opened = open(request, false, options)
      return collectAnswer(await opened.answer, opened.call, () => systemClock.now())
    },
    stream: async function* (request, options = {}) {
      const opened = open(request, true, options)
      yield* deltasOf(await opened.answer)
    },
    fetch: createFetch({
      gateway: runtime.gateway,
      plan: runtime.plan,
      authenticate: runtime.authenticate,
      metrics: runtime.metrics,
      maxBodyBytes: runtime.config.server.maxBodyBytes,
    }),
    asCaller: (scope) => facade(runtime, { ...caller, ...scope }),
    models: () => runtime.plan().names,
    metrics: async () => (await runtime.metrics()).text,
    close: () => runtime.close(),
  }
}

const deltasOf = async function* (answer: Answer): AsyncGenerator<Delta, void, undefined> {
  for await (const chunk of answer) yield* chunk.deltas
}

const obey = (signal: AbortSignal, opened: Opened): void => {
  const stop = (): void =>
    opened.cancel(
      new GatewayError('cancelled', 'The call was cancelled by its signal.', {
        outcome: 'cancelled',
        cause: signal.reason,
      }),
    )
  signal.addEventListener('abort', stop, { once: true })
  const forget = (): void => signal.removeEventListener('abort', stop)
  opened.answer.then((answer) => answer.watch({ done: forget, fail: forget }), forget)
}
