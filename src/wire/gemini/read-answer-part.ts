import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { wireName } from './name.ts'
import { inventedId } from './tool-ids.ts'

/** The candidate whose part is read. */
export interface AnswerPlace {
  readonly choice: number
  /** The block that goes on with this kind of content. */
  block(kind: 'text' | 'reasoning'): number
  /** A block of its own, after which nothing goes on. */
  newBlock(): number
  /** Nothing goes on. */
  closeBlock(): void
  heard(text: string): void
  /** The number of a call that begins, and where it is: for its id, if it has none. */
  countCall(): { readonly scope: string; readonly number: number }
}

const textIn = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** The proof of a part that is no thought: a block of its own, right before the part. */
const tellProof = (part: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  const signature = textIn(part.thoughtSignature)
  if (signature === '') return
  const block = place.newBlock()
  deltas.push({ kind: 'reasoning', choice: place.choice, block, text: '', signature, origin: wireName })
}

const tellThought = (part: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  const text = textIn(part.text)
  if (text === '') {
    tellProof(part, place, deltas)
    return
  }
  const signature = textIn(part.thoughtSignature) || undefined
  const block = place.block('reasoning')
  deltas.push({ kind: 'reasoning', choice: place.choice, block, text, signature, origin: wireName })
  if (signature !== undefined) place.closeBlock()
}

const tellText = (part: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  tellProof(part, place, deltas)
  const text = textIn(part.text)
  if (text === '') return
  place.heard(text)
  deltas.push({ kind: 'text', choice: place.choice, block: place.block('text'), text })
}

/** Arguments in pieces come only to callers who asked for them in this language. */
const isWholeCall = (call: JsonObject): boolean =>
  call.partialArgs === undefined && call.willContinue !== true && call.name !== undefined

const tellCall = (part: JsonObject, call: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  const { name, args } = call
  if (typeof name !== 'string' || name === '') throw garbled('a functionCall has no name')
  if (args !== undefined && args !== null && !isObject(args)) throw garbled('the args of a functionCall are no object')
  tellProof(part, place, deltas)
  const { scope, number } = place.countCall()
  deltas.push({
    kind: 'tool_call',
    choice: place.choice,
    block: place.newBlock(),
    id: textIn(call.id) || inventedId(scope, number),
    name,
    arguments: JSON.stringify(args ?? {}),
  })
}

const tellMedia = (part: JsonObject, blob: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  tellProof(part, place, deltas)
  const { choice } = place
  const mediaType = textIn(blob.mimeType)
  deltas.push({ kind: 'media', choice, block: place.newBlock(), mediaType, data: textIn(blob.data) })
}

/** What only this language has words for: code that Google ran, calls of its own tools, thoughts in pictures. */
const tellOpaque = (part: JsonObject, place: AnswerPlace, deltas: Delta[]): void => {
  place.closeBlock()
  deltas.push({ kind: 'opaque', wire: wireName, semantic: true, value: { index: place.choice, part } })
}

const isOnlyProof = (part: JsonObject): boolean => {
  for (const key in part) if (key !== 'thought' && key !== 'thoughtSignature') return false
  return true
}

/** Reads one part of a candidate. */
export const readAnswerPart = (part: JsonValue, place: AnswerPlace, deltas: Delta[]): void => {
  if (!isObject(part)) throw garbled('a part is no object')
  const { functionCall: call, inlineData: blob } = part
  const isThought = part.thought === true
  if (typeof part.text === 'string') (isThought ? tellThought : tellText)(part, place, deltas)
  else if (isOnlyProof(part)) tellProof(part, place, deltas)
  else if (isObject(call) && isWholeCall(call)) tellCall(part, call, place, deltas)
  else if (isObject(blob) && !isThought) tellMedia(part, blob, place, deltas)
  else tellOpaque(part, place, deltas)
}
