import type { Form } from '../../core/answer.ts'
import type { Delta, Finish } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { writeAwsEvent } from '../aws-events.ts'
import { BlockSequence, type BlockSink } from '../block-sequence.ts'
import type { Writer } from '../wire.ts'
import { type BlockStart, blockWords } from './block-words.ts'
import { EventSink } from './event-sink.ts'
import { stopReason } from './finish.ts'
import { wireName } from './name.ts'
import { writeTier, writeUsage } from './usage.ts'
import { WholeSink } from './whole-sink.ts'

/** What an answer says, as it is heard: content goes on at once, the rest is told at the end. */
class Telling {
  readonly blocks: BlockSequence<BlockStart>
  readonly #begunAt = performance.now()
  #usage: Usage | undefined
  #finish: Finish | undefined
  #toolCall = false
  #refusal = false
  #extras: JsonObject = {}

  constructor(sink: BlockSink<BlockStart>) {
    this.blocks = new BlockSequence(blockWords, sink)
  }

  hear(delta: Delta): void {
    if (delta.kind === 'text' || delta.kind === 'reasoning' || delta.kind === 'tool_call') {
      if (delta.kind === 'tool_call') this.#toolCall = true
      this.blocks.add(delta)
    } else this.#hearRare(delta)
  }

  #hearRare(delta: Delta): void {
    switch (delta.kind) {
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
        if (delta.origin === wireName || delta.url !== undefined) this.blocks.add(delta)
        return
      case 'media':
        if (!delta.mediaType.startsWith('image/')) throw incapable(delta.mediaType, wireName)
        this.blocks.add(delta)
        return
      case 'opaque':
        if (delta.wire !== wireName || !isObject(delta.value)) return
        if (delta.semantic) this.blocks.add({ kind: 'native', value: delta.value })
        else this.#extras = delta.value
        return
      case 'failure':
        throw delta.error
    }
  }

  /** Why it ended, with what the model's own fields tell. */
  ending(): JsonObject {
    const said = { toolCall: this.#toolCall, refusal: this.#refusal }
    const { additionalModelResponseFields: told } = this.#extras
    const { stopSequence } = this.#finish ?? {}
    return {
      stopReason: stopReason(this.#finish, said),
      additionalModelResponseFields: told ?? (stopSequence === undefined ? undefined : { stop_sequence: stopSequence }),
    }
  }

  /** What is known at the end: usage, how long it took, and what another answer of this language told beside. */
  metadata(): JsonObject {
    const { additionalModelResponseFields: _, ...rest } = this.#extras
    return {
      usage: writeUsage(this.#usage),
      metrics: { latencyMs: Math.round(performance.now() - this.#begunAt) },
      ...writeTier(this.#usage),
      ...rest,
    }
  }

  get cut(): boolean {
    return this.#finish?.reason === 'length' || this.#finish?.reason === 'context'
  }
}

const eventWriter = (): Writer => {
  const sink = new EventSink()
  const telling = new Telling(sink)
  let begun = false
  const take = (): string => {
    const told = sink.take()
    if (begun || told === '') return told
    begun = true
    return writeAwsEvent('messageStart', { role: 'assistant' }) + told
  }
  return {
    write: (delta) => {
      telling.hear(delta)
      return take()
    },
    end: () => {
      telling.blocks.finish()
      const rest = take()
      const start = begun ? '' : writeAwsEvent('messageStart', { role: 'assistant' })
      return (
        start + rest + writeAwsEvent('messageStop', telling.ending()) + writeAwsEvent('metadata', telling.metadata())
      )
    },
  }
}

const wholeWriter = (): Writer => {
  const sink = new WholeSink()
  const telling = new Telling(sink)
  return {
    write: (delta) => {
      telling.hear(delta)
      return ''
    },
    end: () => {
      telling.blocks.finish()
      const message = { role: 'assistant', content: sink.content(telling.cut) }
      return JSON.stringify({ output: { message }, ...telling.ending(), ...telling.metadata() })
    },
  }
}

/** Us → caller; new for each answer. Log-probabilities are left out: nobody could have asked for them here. */
export const writer = (form: Form): Writer => (form === 'events' ? eventWriter() : wholeWriter())
