import { createId } from '../../core/call.ts'
import type { Annotation, Delta, Finish, LogProbs, Media, Reasoning, Start, ToolCall } from '../../core/delta.ts'
import { isObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import type { Writer } from '../wire.ts'
import { writeAnnotation } from './annotations.ts'
import { writeError } from './errors.ts'
import { writeReason } from './finish.ts'
import { writeLogProbs } from './logprobs.ts'
import { writeAudio, writeImage } from './media.ts'
import { wireName } from './name.ts'
import { writeDetail } from './reasoning.ts'
import { writeUsage } from './usage.ts'

/** An id for an answer that came without one. */
export const newAnswerId = (): string => `chatcmpl-${createId()}`

/** What has been told of one choice. */
class Told {
  /** Blocks of tool calls in their order here, where they are numbered by themselves. */
  readonly calls: number[] = []
  finished = false
}

/** Writes an answer as `chat.completion.chunk` events, one for each delta. */
export class EventsWriter implements Writer {
  readonly #request: Request
  readonly #told: Told[] = []
  #head = ''
  #extras = ''
  #usage: Usage | undefined

  constructor(request: Request) {
    this.#request = request
  }

  write(delta: Delta): string {
    switch (delta.kind) {
      case 'text':
        return this.#frame(delta.choice, `"content":${JSON.stringify(delta.text)}`)
      case 'tool_call':
        return this.#call(delta)
      case 'reasoning':
        return this.#frame(delta.choice, reasoningOf(delta))
      case 'refusal':
        return this.#frame(delta.choice, `"refusal":${JSON.stringify(delta.text)}`)
      case 'media':
        return this.#frame(delta.choice, mediaOf(delta))
      case 'annotation':
        return this.#annotation(delta)
      default:
        return this.#other(delta)
    }
  }

  #other(delta: Delta): string {
    if (delta.kind === 'start') this.#start(delta)
    else if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'finish') return this.#finish(delta)
    else if (delta.kind === 'logprobs') return this.#logProbs(delta)
    else if (delta.kind === 'failure') return writeError(delta.error, 'events')
    else if (delta.kind === 'opaque' && delta.wire === wireName && isObject(delta.value)) {
      // Decorations belong to every frame that follows, as where they came from.
      const fields = JSON.stringify(delta.value).slice(1, -1)
      if (fields !== '') this.#extras += `${fields},`
    }
    return ''
  }

  end(): string {
    if (this.#head === '') this.#startUnnamed()
    return `${this.#request.wantsUsage && this.#usage ? this.#usageFrame(this.#usage) : ''}data: [DONE]\n\n`
  }

  #start({ id, model, created }: Start): void {
    const named = JSON.stringify(id === '' ? newAnswerId() : id)
    const since = created ?? Math.floor(Date.now() / 1000)
    this.#head = `data: {"id":${named},"object":"chat.completion.chunk","created":${since},"model":${JSON.stringify(model || this.#request.model)},`
  }

  #startUnnamed(): void {
    this.#start({ kind: 'start', id: '', model: this.#request.model })
  }

  #frame(choice: number, delta: string, finish = 'null', more = ''): string {
    if (this.#head === '') this.#startUnnamed()
    const role = this.#told[choice] === undefined ? this.#begin(choice, delta) : ''
    return `${this.#head}${this.#extras}"choices":[{"index":${choice},"delta":{${role}${delta}}${more},"finish_reason":${finish}}]}\n\n`
  }

  /** The role comes once, with the first that a choice says; content stands beside it, as clients expect. */
  #begin(choice: number, delta: string): string {
    this.#told[choice] = new Told()
    const content = delta.startsWith('"content"')
      ? ''
      : delta.startsWith('"tool_calls"')
        ? '"content":null'
        : '"content":""'
    return `"role":"assistant"${content === '' ? '' : `,${content}`}${delta === '' ? '' : ','}`
  }

  #call({ choice, block, id, name, arguments: input, custom }: ToolCall): string {
    const calls = this.#told[choice]?.calls ?? []
    const known = calls.indexOf(block)
    const index = known === -1 ? calls.length : known
    const type = custom ? 'custom' : 'function'
    const first = id === undefined ? '' : `"id":${JSON.stringify(id)},"type":"${type}",`
    const named = name === undefined ? '' : `"name":${JSON.stringify(name)},`
    const inner = `"${type}":{${named}"${custom ? 'input' : 'arguments'}":${JSON.stringify(input)}}`
    const frame = this.#frame(choice, `"tool_calls":[{"index":${index},${first}${inner}}]`)
    if (known === -1) this.#told[choice]?.calls.push(block)
    return frame
  }

  #annotation(delta: Annotation): string {
    const annotation = writeAnnotation(delta)
    return annotation ? this.#frame(delta.choice, `"annotations":[${JSON.stringify(annotation)}]`) : ''
  }

  #logProbs(delta: LogProbs): string {
    return this.#frame(delta.choice, '', 'null', `,"logprobs":${JSON.stringify(writeLogProbs(delta))}`)
  }

  #finish(delta: Finish): string {
    const told = this.#told[delta.choice]
    if (told?.finished) return ''
    const frame = this.#frame(delta.choice, '', JSON.stringify(writeReason(delta)), stopOf(delta))
    const now = this.#told[delta.choice]
    if (now) now.finished = true
    return frame
  }

  #usageFrame(usage: Usage): string {
    const tier = usage.serviceTier === undefined ? '' : `"service_tier":${JSON.stringify(usage.serviceTier)},`
    return `${this.#head}${this.#extras}${tier}"choices":[],"usage":${JSON.stringify(writeUsage(usage))}}\n\n`
  }
}

/** The stop sequence that was met has no field of OpenAI's own; vLLM's is the one that clients know. */
const stopOf = ({ stopSequence }: Finish): string =>
  stopSequence === undefined ? '' : `,"stop_reason":${JSON.stringify(stopSequence)}`

/** Plain text for all clients; beside it, whose thinking it is and its proof, where there is something to prove. */
const reasoningOf = (delta: Reasoning): string => {
  const text = delta.text === '' ? '' : `"reasoning_content":${JSON.stringify(delta.text)}`
  if (delta.origin === wireName && delta.signature === undefined && delta.redacted === undefined) return text
  const details = `"reasoning_details":[${JSON.stringify(writeDetail(delta, delta.block))}]`
  return text === '' ? details : `${text},${details}`
}

const mediaOf = (delta: Media): string =>
  delta.mediaType.startsWith('image/')
    ? `"images":[${JSON.stringify(writeImage(delta))}]`
    : `"audio":${JSON.stringify(writeAudio(delta))}`
