import type { Form } from '../../core/answer.ts'
import { createId } from '../../core/call.ts'
import type { Delta, Finish, Start } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import { BlockSequence, type BlockSink } from '../block-sequence.ts'
import { writeEvent } from '../sse.ts'
import type { Writer } from '../wire.ts'
import { blockWords } from './block-words.ts'
import { EventSink } from './event-sink.ts'
import { stopReason } from './finish.ts'
import { wireName } from './name.ts'
import { writeTotals, writeUsage } from './usage.ts'
import { WholeSink } from './whole-sink.ts'

/** What has been told of one answer, whatever the form it is written in. */
class Telling {
  readonly blocks: BlockSequence<JsonObject>
  readonly #model: string
  #start: Start | undefined
  #usage: Usage | undefined
  #finish: Finish | undefined
  #extras: JsonObject = {}
  #usageExtras: JsonObject = {}
  #openedWithUsage = false
  #toolCall = false
  #refusal = false

  constructor(sink: BlockSink<JsonObject>, request: Request) {
    this.blocks = new BlockSequence(blockWords, sink)
    this.#model = request.model
  }

  hear(delta: Delta): void {
    if ('choice' in delta && delta.choice > 0) throw incapable('n', wireName)
    const { kind } = delta
    if (kind === 'text') this.blocks.add(delta)
    else if (kind === 'reasoning') this.blocks.add(delta)
    else if (kind === 'tool_call') {
      this.#toolCall = true
      this.blocks.add(delta)
    } else this.#hearRare(delta)
  }

  #hearRare(delta: Delta): void {
    switch (delta.kind) {
      case 'start':
        this.#start ??= delta
        return
      case 'usage':
        this.#usage = delta.usage
        return
      case 'finish':
        this.#finish ??= delta
        return
      case 'refusal':
        this.#refusal = true
        this.blocks.add({ kind: 'text', choice: 0, block: delta.block, text: delta.text })
        return
      case 'annotation':
        // Where another language cites the web it also links in the text; here a citation must prove its search.
        if (delta.origin === wireName) this.blocks.add(delta)
        return
      case 'opaque':
        if (delta.wire === wireName && isObject(delta.value)) this.#hearOwn(delta.value, delta.semantic)
        return
      case 'media':
        throw incapable(delta.mediaType, wireName)
      case 'failure':
        throw delta.error
    }
  }

  /** What another answer of this language said without neutral words. */
  #hearOwn(value: JsonObject, semantic: boolean): void {
    if (value.type === 'message_delta') {
      if (isObject(value.delta)) this.#extras = value.delta
      if (isObject(value.usage)) this.#usageExtras = value.usage
    } else if (value.type === 'content_block_delta') {
      if (isObject(value.delta)) this.blocks.addNative(value.delta)
    } else if (semantic) this.blocks.add({ kind: 'native', value })
  }

  /** The message as it stands before it has content. */
  opening(): JsonObject {
    this.#openedWithUsage = this.#usage !== undefined
    return {
      model: this.#start?.model || this.#model,
      id: this.#start?.id || `msg_${createId()}`,
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(this.#usage),
    }
  }

  /** Why it ended. */
  ending(): JsonObject {
    const said = { toolCall: this.#toolCall, refusal: this.#refusal }
    return {
      stop_reason: stopReason(this.#finish, said),
      stop_sequence: this.#finish?.stopSequence ?? null,
      ...this.#extras,
    }
  }

  /** The usage at the end, with what the beginning could not tell yet. */
  totals(): JsonObject {
    const usage = this.#openedWithUsage ? writeTotals(this.#usage) : writeUsage(this.#usage)
    return { ...usage, ...this.#usageExtras }
  }

  get cut(): boolean {
    return this.#finish?.reason === 'length' || this.#finish?.reason === 'context'
  }
}

const eventWriter = (request: Request): Writer => {
  const sink = new EventSink()
  const telling = new Telling(sink, request)
  let begun = false
  // The beginning waits for the first content, so that usage which is told right after the start is in it.
  const take = (): string => {
    if (begun) return sink.take()
    begun = true
    return writeEvent('message_start', { type: 'message_start', message: telling.opening() }) + sink.take()
  }
  return {
    write: (delta) => {
      telling.hear(delta)
      return begun || sink.pending ? take() : ''
    },
    end: () => {
      telling.blocks.finish()
      const last = { type: 'message_delta', delta: telling.ending(), usage: telling.totals() }
      return take() + writeEvent('message_delta', last) + writeEvent('message_stop', { type: 'message_stop' })
    },
  }
}

const wholeWriter = (request: Request): Writer => {
  const sink = new WholeSink()
  const telling = new Telling(sink, request)
  return {
    write: (delta) => {
      telling.hear(delta)
      return ''
    },
    end: () => {
      telling.blocks.finish()
      const opening = telling.opening()
      const usage = { ...(opening.usage as JsonObject), ...telling.totals() }
      return JSON.stringify({ ...opening, content: sink.content(telling.cut), ...telling.ending(), usage })
    },
  }
}

/** Us → caller; new for each answer. Log-probabilities are left out: nobody could have asked for them here. */
export const writer = (form: Form, request: Request): Writer =>
  form === 'events' ? eventWriter(request) : wholeWriter(request)
