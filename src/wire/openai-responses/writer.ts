import type { Form } from '../../core/answer.ts'
import { createId } from '../../core/call.ts'
import type { Delta, Finish, Start } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import type { Writer } from '../wire.ts'
import { type Ending, writeFinish } from './finish.ts'
import { wireName } from './name.ts'
import { Output } from './output.ts'
import { repeatedFields } from './response.ts'
import { EventTeller, silentTeller, type Teller } from './teller.ts'
import { writeUsage } from './usage.ts'

const now = (): number => Math.floor(Date.now() / 1000)

/** What has been told of one answer, whatever the form it is written in. */
class Telling {
  readonly #output: Output
  readonly #request: Request
  readonly #madeId = `resp_${createId()}`
  readonly #begunAt = now()
  #start: Start | undefined
  #usage: Usage | undefined
  #finish: Finish | undefined
  #refusal = false
  /** What another answer of this language said beside its output, in place of what was asked. */
  #extras: JsonObject | undefined

  constructor(teller: Teller, request: Request) {
    this.#output = new Output(teller)
    this.#request = request
  }

  hear(delta: Delta): void {
    if ('choice' in delta && delta.choice > 0) throw incapable('n', wireName)
    if (delta.kind === 'text') this.#output.say('output_text', delta.block, delta.text)
    else if (delta.kind === 'reasoning') this.#output.think(delta)
    else if (delta.kind === 'tool_call') this.#output.call(delta)
    else this.#hearRare(delta)
  }

  #hearRare(delta: Delta): void {
    if (delta.kind === 'start') this.#start ??= delta
    else if (delta.kind === 'refusal') {
      this.#refusal = true
      this.#output.say('refusal', delta.block, delta.text)
    } else if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'finish') this.#finish ??= delta
    else if (delta.kind === 'annotation') this.#output.cite(delta)
    else if (delta.kind === 'logprobs') this.#output.probabilities(delta)
    else if (delta.kind === 'media') this.#output.media(delta)
    else if (delta.kind === 'failure') throw delta.error
    else if (delta.kind === 'opaque' && delta.wire === wireName && isObject(delta.value)) {
      if (delta.semantic) this.#output.native(delta.value)
      else this.#extras = delta.value
    }
  }

  /** The response before it has an output. */
  opening(): JsonObject {
    return this.#response({ status: 'in_progress', reason: undefined }, [])
  }

  /** Closes what is open, and gives the whole response. */
  ending(): JsonObject {
    const ending = writeFinish(this.#finish, this.#refusal)
    this.#output.close(ending.status === 'incomplete' ? 'incomplete' : 'completed')
    return this.#response(ending, this.#output.value())
  }

  #response({ status, reason }: Ending, output: readonly JsonObject[]): JsonObject {
    const start = this.#start
    const usage = output.length > 0 || status !== 'in_progress' ? this.#usage : undefined
    return {
      id: start?.id || this.#madeId,
      object: 'response',
      created_at: start?.created ?? this.#begunAt,
      status,
      completed_at: status === 'completed' ? now() : null,
      error: null,
      incomplete_details: reason === undefined ? null : { reason },
      model: start?.model || this.#request.model,
      output,
      ...(this.#extras ?? repeatedFields(this.#request)),
      service_tier: usage?.serviceTier,
      usage: usage ? writeUsage(usage) : null,
    }
  }
}

const eventWriter = (request: Request): Writer => {
  const teller = new EventTeller()
  const telling = new Telling(teller, request)
  let begun = false
  // The response is told of with the first delta, which names it.
  const begin = (): void => {
    if (begun) return
    begun = true
    teller.tell('response.created', { response: telling.opening() })
    teller.tell('response.in_progress', { response: telling.opening() })
  }
  return {
    write: (delta) => {
      if (delta.kind !== 'start' && delta.kind !== 'usage') begin()
      telling.hear(delta)
      return teller.take()
    },
    end: () => {
      begin()
      const response = telling.ending()
      teller.tell(`response.${response.status}`, { response })
      return teller.take()
    },
  }
}

const wholeWriter = (request: Request): Writer => {
  const telling = new Telling(silentTeller, request)
  return {
    write: (delta) => {
      telling.hear(delta)
      return ''
    },
    end: () => JSON.stringify(telling.ending()),
  }
}

/** Us → caller; new for each answer. */
export const writer = (form: Form, request: Request): Writer =>
  form === 'events' ? eventWriter(request) : wholeWriter(request)
