import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { Answer } from '../../core/answer.ts'
import type { Attempt } from '../../core/call.ts'
import { asGatewayError, GatewayError, incapable } from '../../core/errors.ts'
import type { Handler } from '../../core/handler.ts'
import type { ModelFacts } from '../../core/target.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { factsOf } from '../models.ts'
import type { Provider } from '../provider.ts'
import { callOptionsOf } from './call-options.ts'
import { failureOf } from './failures.ts'
import { endOf } from './finish.ts'
import { origin } from './origin.ts'
import { Saying } from './saying.ts'
import { chunkOf, PartSource } from './source.ts'
import { StreamDeltas } from './stream-deltas.ts'

export interface AiSdkOptions {
  readonly name: string
  /** The model of a name; a promise while its package is loaded. May throw whatever the package throws. */
  model(name: string): LanguageModelV4 | Promise<LanguageModelV4>
  /** Models it is known to serve. */
  readonly models: readonly string[]
  /** Under which name the prices of its models are known; undefined: under none. */
  readonly priceProvider?: string | undefined
}

export interface AiSdkProvider {
  readonly provider: Provider
  /** Answers an attempt inside the process; what goes over the network is the package's own. */
  readonly answer: Handler<Attempt>
  facts(model: string): ModelFacts | undefined
}

/** A provider whose models are those of the AI SDK (`LanguageModelV4`). */
export const createAiSdk = ({ name, models, model, priceProvider }: AiSdkOptions): AiSdkProvider => {
  const provider: Provider = {
    name,
    wire: openaiChat,
    quirks: {},
    url: () => undefined,
    headers: () => ({}),
    secrets: [],
    models,
  }
  const answer: Handler<Attempt> = async (attempt) => {
    const { request, target, signal, line } = attempt
    line.sent = false
    if (request.operation !== 'chat') throw incapable(request.operation, target.id)
    if (signal.aborted) throw asGatewayError(signal.reason)
    try {
      const asked = await model(target.model)
      return await ask(asked, attempt)
    } catch (thrown) {
      throw signal.aborted ? asGatewayError(signal.reason) : failureOf(thrown, target.id)
    }
  }
  return { provider, answer, facts: (asked) => factsOf(priceProvider, asked) }
}

const ask = async (model: LanguageModelV4, attempt: Attempt): Promise<Answer> => {
  const { request, target, signal, line } = attempt
  const reader = { provider: model.provider, target: target.id }
  const controller = new AbortController()
  const stop = (reason: GatewayError): void => controller.abort(reason)
  const onAbort = (): void => stop(asGatewayError(signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })
  const options = { ...callOptionsOf(request, reader), abortSignal: controller.signal }
  line.sent = true
  try {
    return request.stream ? await streamed(model, options, { attempt, stop }) : await whole(model, options, attempt)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

interface Course {
  readonly attempt: Attempt
  stop(reason: GatewayError): void
}

const speakerOf = ({ provider }: LanguageModelV4, { id, target }: Attempt) => ({ provider, model: target.model, id })

const streamed = async (
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  course: Course,
): Promise<Answer> => {
  const { attempt } = course
  const { firstTokenMs } = attempt.timeouts
  const timer = setTimeout(() => {
    const message = `${attempt.target.id} did not begin within ${firstTokenMs} ms.`
    course.stop(new GatewayError('upstream_timeout', message, { outcome: 'ambiguous' }))
  }, firstTokenMs)
  try {
    const { stream } = await unlessStopped(model.doStream(options), options.abortSignal)
    const deltas = new StreamDeltas(attempt.target.id, speakerOf(model, attempt))
    attempt.line.status = 200
    return answerFrom('events', attempt, new PartSource(stream.getReader(), deltas, course))
  } finally {
    clearTimeout(timer)
  }
}

const whole = async (
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  attempt: Attempt,
): Promise<Answer> => {
  const result = await unlessStopped(model.doGenerate(options), options.abortSignal)
  const saying = new Saying(speakerOf(model, attempt))
  const chunks = [
    chunkOf([
      ...saying.begin(result.response),
      ...result.content.flatMap((content) => saying.whole(content)),
      ...endOf(result.finishReason, result.usage, attempt.target.id),
    ]),
  ]
  attempt.line.status = 200
  // It is answered and charged by now: what was passed over can only be told.
  const ignored = result.warnings.flatMap((warning) => (warning.type === 'unsupported' ? [warning.feature] : []))
  const headers: Record<string, string> =
    ignored.length > 0 ? { 'x-tollgate-ignored': ignored.map(encodeURIComponent).join(', ') } : {}
  return answerFrom('whole', attempt, { pull: () => chunks.shift(), cancel: () => chunks.splice(0) }, headers)
}

const answerFrom = (
  form: 'events' | 'whole',
  { target }: Attempt,
  source: ConstructorParameters<typeof Answer>[1],
  headers: Record<string, string> = {},
): Answer => new Answer({ wire: origin, form, target, headers }, source)

/** What is coming, or why it is stopped: not every package listens to its signal. */
const unlessStopped = <Value>(coming: PromiseLike<Value>, signal: AbortSignal | undefined): Promise<Value> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason)
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    Promise.resolve(coming)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', onAbort))
  })
