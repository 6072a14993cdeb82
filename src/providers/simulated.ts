import { Answer, type Form } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import { asGatewayError, GatewayError, incapable } from '../core/errors.ts'
import type { Handler } from '../core/handler.ts'
import type { Chat } from '../core/request.ts'
import type { ModelFacts } from '../core/target.ts'
import { countChat } from '../core/tokens.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import type { Provider } from './provider.ts'
import { deltasOf, type Said, usageOf } from './simulated-deltas.ts'
import { inputTokensOf, makesVectors, vectorsFor } from './simulated-embedding.ts'
import { type Fate, fatesFrom } from './simulated-fate.ts'
import {
  type Behaviour,
  behaviourOf,
  type SimulatedOptions,
  simulatedFacts,
  simulatedModels,
} from './simulated-options.ts'
import { randomFrom } from './simulated-random.ts'
import { replyTo, type SimulatedChoice } from './simulated-reply.ts'
import { SimulatedSource, type TimedChunk } from './simulated-source.ts'

export { type SimulatedOptions, simulatedFacts } from './simulated-options.ts'

export interface Simulated {
  readonly provider: Provider
  /** Answers an attempt itself, without any network. */
  readonly answer: Handler<Attempt>
  /** What is known of its models; undefined for names it does not answer to. */
  facts(model: string): ModelFacts | undefined
}

/**
 * A provider inside the process, for trying things out without keys and without cost. What it says depends on its seed
 * and on what it is asked; its accidents depend on its seed and on how many calls there were before.
 */
export const createSimulated = (options: SimulatedOptions = {}): Simulated => {
  const behaviour = behaviourOf(options)
  const models = [...new Set([...simulatedModels, ...(options.models ?? [])])]
  const nextFate = fatesFrom(behaviour)
  const provider: Provider = {
    name: options.name ?? 'sim',
    wire: openaiChat,
    quirks: {},
    url: () => undefined,
    headers: () => ({}),
    secrets: [],
    models,
  }
  const answer: Handler<Attempt> = async (attempt) => {
    refuse(attempt, models)
    const fate = nextFate()
    meetAccidents(attempt, fate, behaviour)
    const { embed } = attempt.request
    const input = await (embed ? inputTokensOf(embed, attempt) : promptTokens(attempt))
    await beginAfter(fate.latencyMs, attempt)
    if (fate.fails) {
      attempt.line.status = 500
      throw new GatewayError('upstream_failed', `${attempt.target.id} failed, as it was told to.`, {
        outcome: 'server',
      })
    }
    const chunks = embed ? vectorsFor(embed, attempt, input) : await chunksFor(attempt, input, behaviour)
    attempt.line.status = 200
    return play(attempt, chunks, fate)
  }
  return { provider, answer, facts: (model) => (models.includes(model) ? simulatedFacts(model) : undefined) }
}

const formOf = ({ request }: Attempt): Form => (request.stream ? 'events' : 'whole')

const refuse = ({ request, target, signal, line }: Attempt, models: readonly string[]): void => {
  if (signal.aborted) throw asGatewayError(signal.reason)
  const wanted = makesVectors(target.model) ? 'embed' : 'chat'
  if (request.operation !== wanted && models.includes(target.model)) throw incapable(request.operation, target.id)
  const media = request.chat.modalities?.find((kind) => kind !== 'text')
  if (media !== undefined) throw incapable(`modalities.${media}`, target.id)
  if (models.includes(target.model)) return
  line.status = 404
  throw new GatewayError('unknown_model', `${target.provider} has no model ${target.model}.`, {
    outcome: 'not_found',
  })
}

const meetAccidents = (attempt: Attempt, fate: Fate, { retryAfterMs }: Behaviour): void => {
  if (!fate.throttled) return
  attempt.line.status = 429
  throw new GatewayError('upstream_throttled', `${attempt.target.id} has too much to do, as it was told to.`, {
    outcome: 'throttled',
    retryAfterMs,
  })
}

/** Counts what is asked; more than the model reads is refused, as by a real one. */
const promptTokens = async ({ request, target, line }: Attempt): Promise<number> => {
  const tokens = await countChat(request.chat)
  const window = simulatedFacts(target.model).contextWindow ?? Number.POSITIVE_INFINITY
  if (tokens <= window) return tokens
  line.status = 400
  throw new GatewayError('upstream_rejected', `${target.id} reads ${window} tokens; these are ${tokens}.`, {
    outcome: 'context',
  })
}

/** Waits for the first word, no longer than is borne. */
const beginAfter = (latencyMs: number, { signal, timeouts, request, target }: Attempt): Promise<void> | undefined => {
  if (signal.aborted) throw asGatewayError(signal.reason)
  if (latencyMs <= 0) return undefined
  const late = request.stream && latencyMs > timeouts.firstTokenMs
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(asGatewayError(signal.reason))
    }
    const begin = (): void => {
      signal.removeEventListener('abort', onAbort)
      const message = `${target.id} did not begin within ${timeouts.firstTokenMs} ms.`
      if (late) reject(new GatewayError('upstream_timeout', message, { outcome: 'ambiguous' }))
      else resolve()
    }
    const timer = setTimeout(begin, late ? timeouts.firstTokenMs : latencyMs)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** What decides the words: limits, users and metadata do not, so that a shorter answer is a beginning of the longer one. */
const whatIsAsked = ({ messages, tools, format, seed }: Chat): string => JSON.stringify([messages, tools, format, seed])

/** All of an answer: what is said, in the bytes of its language, each piece with its time. */
const chunksFor = async (attempt: Attempt, input: number, behaviour: Behaviour): Promise<TimedChunk[]> => {
  const { request, target } = attempt
  const { chat } = request
  const random = randomFrom(`${behaviour.seed}\n${target.model}\n${whatIsAsked(chat)}`)
  const most = Math.min(chat.maxOutput ?? Number.POSITIVE_INFINITY, simulatedFacts(target.model).maxOutput ?? 1)
  const replies: SimulatedChoice[] = []
  const said: Said[] = []
  for (let choice = 0; choice < (chat.choices ?? 1); choice++) {
    const reply = await replyTo(chat, random, { most, faultyJsonRate: behaviour.faultyJsonRate })
    replies.push(reply)
    said.push(...(await deltasOf(choice, reply, { chat, random })))
  }
  said.push({ delta: { kind: 'usage', usage: usageOf(input, replies) }, tokens: 0 })
  return write(attempt, said, 1_000 / behaviour.tokensPerSecond)
}

/** Deltas as bytes. A stream has a chunk for each event; a whole answer is one chunk, when all of it is said. */
const write = (attempt: Attempt, said: readonly Said[], msPerToken: number): TimedChunk[] => {
  const form = formOf(attempt)
  const reader = openaiChat.reader(form)
  const writer = openaiChat.writer(form, { ...attempt.request, wantsUsage: true })
  const chunks: TimedChunk[] = []
  let tokens = 0
  const add = (text: string): void => {
    for (const event of text.split(/(?<=\n\n)/)) {
      if (event === '') continue
      const bytes = Buffer.from(event)
      chunks.push({ chunk: new Chunk(bytes, openaiChat.matters(bytes), reader), afterMs: tokens * msPerToken })
    }
  }
  const id = attempt.ordinal === 1 ? attempt.id : `${attempt.id}-${attempt.ordinal}`
  const created = Math.floor(attempt.startedAt / 1_000)
  add(writer.write({ kind: 'start', id: `chatcmpl-${id}`, model: attempt.target.model, created }))
  let first = true
  for (const { delta, tokens: taken } of said) {
    // The first word comes with the beginning, which was waited for already.
    if (first && taken > 0) first = false
    else tokens += taken
    add(writer.write(delta))
  }
  add(writer.end())
  return chunks
}

const play = (attempt: Attempt, chunks: readonly TimedChunk[], fate: Fate): Answer => {
  const { target, signal, timeouts } = attempt
  if (signal.aborted) throw asGatewayError(signal.reason)
  const form = formOf(attempt)
  if (form === 'whole' && fate.accident === 'cut') throw broken(attempt)
  // In the middle: something was said, and the end is missing.
  const after = form === 'whole' ? 0 : Math.max(1, Math.floor((chunks.length - 1) * fate.where))
  const source = new SimulatedSource({
    chunks,
    accident: fate.accident && { kind: fate.accident, after },
    // A whole answer is a single piece: nothing but its deadline bounds the wait for it.
    idleMs: form === 'whole' ? undefined : timeouts.idleMs,
    target: target.id,
    signal,
    now: () => performance.now(),
  })
  const wire = attempt.request.embed ? openaiEmbeddings : openaiChat
  return new Answer({ wire: wire.name, form, target, headers: {} }, source)
}

const broken = ({ target }: Attempt): GatewayError =>
  new GatewayError('upstream_unreachable', `${target.id} closed the connection before its answer was complete.`, {
    outcome: 'ambiguous',
  })
