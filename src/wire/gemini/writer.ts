import type { Form } from '../../core/answer.ts'
import type { Delta, Start } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Usage } from '../../core/usage.ts'
import { writeEvent } from '../sse.ts'
import type { Writer } from '../wire.ts'
import { wireName } from './name.ts'
import { ToldCandidate } from './told-candidate.ts'
import { writeUsage } from './usage.ts'

/** What has been told of one answer, whatever the form it is written in. */
class Telling {
  readonly #model: string
  readonly #candidates: ToldCandidate[] = []
  #start: Start | undefined
  #usage: Usage | undefined
  #decorations: Readonly<Record<string, JsonValue | undefined>> = {}
  /** The prompt was blocked: there is no candidate. */
  #isBlocked = false

  constructor(request: Request) {
    this.#model = request.model
  }

  /** The candidate that a delta is about; undefined when it is about the answer. */
  hear(delta: Delta): ToldCandidate | undefined {
    if (delta.kind === 'start') this.#start ??= delta
    else if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'failure') throw delta.error
    else if (delta.kind === 'opaque') return this.#hearOwn(delta)
    else if ('choice' in delta && !(this.#isBlocked && delta.kind === 'finish')) {
      const candidate = this.#at(delta.choice)
      candidate.hear(delta)
      return candidate
    }
    return undefined
  }

  #hearOwn({ wire, value }: Extract<Delta, { kind: 'opaque' }>): ToldCandidate | undefined {
    if (wire !== wireName || !isObject(value)) return undefined
    if (isObject(value.answer)) {
      this.#decorations = { ...this.#decorations, ...value.answer }
      const { promptFeedback } = value.answer
      if (isObject(promptFeedback) && promptFeedback.blockReason !== undefined) this.#isBlocked = true
      return undefined
    }
    const candidate = this.#at(typeof value.index === 'number' ? value.index : 0)
    candidate.hearOwn(value)
    return candidate
  }

  #at(choice: number): ToldCandidate {
    const known = this.#candidates[choice]
    if (known) return known
    const made = new ToldCandidate(choice)
    this.#candidates[choice] = made
    return made
  }

  /** A piece of the answer, or all of it. */
  piece(candidates: readonly JsonObject[] | undefined, more: JsonObject = {}): JsonObject {
    return {
      candidates,
      ...more,
      modelVersion: this.#start?.model || this.#model,
      responseId: this.#start?.id || undefined,
    }
  }

  /** The end of the answer, with everything that was told before it where that is given. */
  last(before: ReadonlyMap<number, readonly JsonObject[]> = new Map()): JsonObject {
    const candidates = this.#candidates.filter(Boolean).map((candidate) => {
      const parts = join(candidate.take(), [...(before.get(candidate.index) ?? [])])
      // Google's own streams end with an empty text, and its client keeps no turn without parts.
      return { content: content(parts.length > 0 ? parts : [{ text: '' }]), ...candidate.ending() }
    })
    const usage = this.#usage && writeUsage(this.#usage)
    return this.piece(candidates.length > 0 ? candidates : undefined, { usageMetadata: usage, ...this.#decorations })
  }
}

const content = (parts: readonly JsonObject[]): JsonObject => ({ parts, role: 'model' })

const eventWriter = (request: Request): Writer => {
  const telling = new Telling(request)
  return {
    write: (delta) => {
      const candidate = telling.hear(delta)
      if (!candidate || delta.kind === 'finish') return ''
      const parts = candidate.take()
      if (parts.length === 0) return ''
      return writeEvent('', telling.piece([{ content: content(parts), index: candidate.index }]))
    },
    end: () => writeEvent('', telling.last()),
  }
}

/** Texts that follow each other are one part of a whole answer. */
const goesOn = (last: JsonObject | undefined, part: JsonObject): last is JsonObject =>
  last !== undefined &&
  typeof part.text === 'string' &&
  typeof last.text === 'string' &&
  last.thought === part.thought &&
  last.thoughtSignature === undefined &&
  (part.thoughtSignature === undefined || part.thought === true)

const join = (parts: readonly JsonObject[], into: JsonObject[]): JsonObject[] => {
  for (const part of parts) {
    const last = into.at(-1)
    if (goesOn(last, part)) into[into.length - 1] = { ...last, ...part, text: `${last.text}${part.text}` }
    else into.push(part)
  }
  return into
}

const wholeWriter = (request: Request): Writer => {
  const telling = new Telling(request)
  const parts = new Map<number, JsonObject[]>()
  return {
    write: (delta) => {
      const candidate = telling.hear(delta)
      if (!candidate || delta.kind === 'finish') return ''
      parts.set(candidate.index, join(candidate.take(), parts.get(candidate.index) ?? []))
      return ''
    },
    end: () => JSON.stringify(telling.last(parts)),
  }
}

/** Us → caller; new for each answer. */
export const writer = (form: Form, request: Request): Writer =>
  form === 'events' ? eventWriter(request) : wholeWriter(request)
