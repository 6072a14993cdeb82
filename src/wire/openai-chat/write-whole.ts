import type {
  Annotation,
  Delta,
  Finish,
  LogProbs,
  Media,
  Reasoning,
  Start,
  TokenLogProb,
  ToolCall,
} from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import type { Writer } from '../wire.ts'
import { writeAnnotation } from './annotations.ts'
import { writeReason } from './finish.ts'
import { writeLogProbs } from './logprobs.ts'
import { writeAudio, writeImage } from './media.ts'
import { wireName } from './name.ts'
import { writeDetail } from './reasoning.ts'
import { writeUsage } from './usage.ts'
import { newAnswerId } from './write-events.ts'

interface Call {
  readonly block: number
  readonly id: string
  readonly name: string
  readonly custom: boolean
  input: string
}

interface Thought {
  readonly block: number
  readonly origin: string
  text: string
  signature: string | undefined
  redacted: string | undefined
}

interface Sound {
  readonly pieces: Buffer[]
  id: string | undefined
  transcript: string
  expiresAt: number | undefined
}

/** One choice while its pieces are joined. */
class Gathered {
  text = ''
  refusal = ''
  readonly calls: Call[] = []
  readonly thoughts: Thought[] = []
  readonly annotations: JsonObject[] = []
  readonly images: JsonObject[] = []
  readonly content: TokenLogProb[] = []
  readonly refused: TokenLogProb[] = []
  sound: Sound | undefined
  finish: Finish | undefined

  add(delta: Delta): void {
    if (delta.kind === 'text') this.text += delta.text
    else if (delta.kind === 'refusal') this.refusal += delta.text
    else if (delta.kind === 'tool_call') this.#call(delta)
    else if (delta.kind === 'reasoning') this.#thought(delta)
    else if (delta.kind === 'annotation') this.#annotation(delta)
    else if (delta.kind === 'media') this.#media(delta)
    else if (delta.kind === 'logprobs') this.#logProbs(delta)
    else if (delta.kind === 'finish') this.finish ??= delta
  }

  #call({ block, id, name, arguments: input, custom }: ToolCall): void {
    const known = this.calls.find((call) => call.block === block)
    if (known) known.input += input
    else this.calls.push({ block, id: id ?? '', name: name ?? '', custom: custom ?? false, input })
  }

  #thought({ block, origin, text, signature, redacted }: Reasoning): void {
    const known = this.thoughts.find((thought) => thought.block === block)
    if (!known) {
      this.thoughts.push({ block, origin, text, signature, redacted })
      return
    }
    known.text += text
    if (signature !== undefined) known.signature = (known.signature ?? '') + signature
    if (redacted !== undefined) known.redacted = (known.redacted ?? '') + redacted
  }

  #annotation(delta: Annotation): void {
    const annotation = writeAnnotation(delta)
    if (annotation) this.annotations.push(annotation)
  }

  #media(delta: Media): void {
    if (delta.mediaType.startsWith('image/')) {
      this.images.push(writeImage(delta))
      return
    }
    this.sound ??= { pieces: [], id: undefined, transcript: '', expiresAt: undefined }
    // Each piece of base64 is padded by itself: bytes are joined, not their spelling.
    this.sound.pieces.push(Buffer.from(delta.data, 'base64'))
    this.sound.id ??= delta.id
    this.sound.transcript += delta.transcript ?? ''
    this.sound.expiresAt = delta.expiresAt ?? this.sound.expiresAt
  }

  #logProbs({ content, refusal }: LogProbs): void {
    this.content.push(...content)
    this.refused.push(...refusal)
  }
}

const writeCall = ({ id, name, custom, input }: Call): JsonObject =>
  custom
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: input } }

const soundOf = ({ sound }: Gathered): JsonObject | undefined =>
  sound && writeAudio({ ...sound, choice: 0, block: 0, data: Buffer.concat(sound.pieces).toString('base64') })

const reasoningOf = ({ thoughts }: Gathered): JsonObject => {
  if (thoughts.length === 0) return {}
  const text = thoughts.map((thought) => thought.text).join('')
  const proves = thoughts.some(({ origin, signature, redacted }) => origin !== wireName || (signature ?? redacted))
  return {
    reasoning_content: text === '' ? undefined : text,
    reasoning_details: proves ? thoughts.map((thought) => writeDetail(thought, thought.block)) : undefined,
  }
}

const messageOf = (choice: Gathered): JsonObject => {
  const silent = choice.calls.length > 0 || choice.refusal !== '' || choice.sound !== undefined
  return {
    role: 'assistant',
    content: choice.text === '' && silent ? null : choice.text,
    refusal: choice.refusal === '' ? null : choice.refusal,
    ...reasoningOf(choice),
    annotations: choice.annotations,
    audio: soundOf(choice),
    images: choice.images.length > 0 ? choice.images : undefined,
    tool_calls: choice.calls.length > 0 ? choice.calls.map(writeCall) : undefined,
  }
}

const writeChoice = (choice: Gathered, index: number): JsonObject => {
  const logs = choice.content.length + choice.refused.length > 0
  return {
    index,
    message: messageOf(choice),
    logprobs: logs ? writeLogProbs({ content: choice.content, refusal: choice.refused }) : null,
    finish_reason: choice.finish ? writeReason(choice.finish) : 'stop',
    stop_reason: choice.finish?.stopSequence,
  }
}

/** Gathers an answer and writes it as one `chat.completion`. */
export class WholeWriter implements Writer {
  readonly #choices: Gathered[] = []
  readonly #extras: Record<string, JsonValue | undefined> = {}
  #start: Start
  #usage: Usage | undefined

  constructor(request: Request) {
    this.#start = { kind: 'start', id: '', model: request.model }
  }

  write(delta: Delta): string {
    if ('choice' in delta) {
      this.#choices[delta.choice] ??= new Gathered()
      this.#choices[delta.choice]?.add(delta)
    } else if (delta.kind === 'start') this.#start = { ...delta, model: delta.model || this.#start.model }
    else if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'opaque' && delta.wire === wireName && isObject(delta.value)) {
      Object.assign(this.#extras, delta.value)
    }
    return ''
  }

  end(): string {
    const { id, model, created } = this.#start
    const choices: JsonObject[] = []
    this.#choices.forEach((choice, index) => void choices.push(writeChoice(choice, index)))
    return JSON.stringify({
      id: id === '' ? newAnswerId() : id,
      object: 'chat.completion',
      created: created ?? Math.floor(Date.now() / 1000),
      model,
      choices,
      usage: this.#usage && writeUsage(this.#usage),
      service_tier: this.#usage?.serviceTier,
      ...this.#extras,
    })
  }
}
