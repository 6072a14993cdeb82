import { incapable, invalid } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import { wireName } from './name.ts'
import { type WritePlace, writeAnswer, writePart } from './write-parts.ts'

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
}

export interface Conversation {
  readonly instruction: readonly JsonObject[]
  readonly contents: readonly JsonObject[]
}

/**
 * What is sent in place of a signature that is missing, since another maker's model made the call.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const noProof = 'skip_thought_signature_validator'

const isResult = (part: JsonObject): boolean => part.functionResponse !== undefined

/** The first call of each step in the turn that is still open must be signed; earlier turns are not looked at. */
const excuseUnsigned = (contents: readonly Content[]): void => {
  for (const { role, parts } of contents.toReversed()) {
    if (role === 'user') {
      if (!parts.every(isResult)) return
      continue
    }
    const at = parts.findIndex(({ functionCall }) => isObject(functionCall))
    const call = parts[at]
    if (call && call.thoughtSignature === undefined) parts[at] = { ...call, thoughtSignature: noProof }
  }
}

/** Results of parallel calls stand in one content, as the calls do. */
const push = (contents: Content[], role: Content['role'], parts: readonly JsonObject[]): void => {
  const last = contents.at(-1)
  const joins = last?.role === role && (role === 'model' || (last.parts.every(isResult) && parts.every(isResult)))
  if (last && joins) last.parts.push(...parts)
  else if (parts.length > 0) contents.push({ role, parts: [...parts] })
}

/** The conversation in Google's words. `wantsProof`: the model refuses calls that nobody signed. */
export const writeConversation = (
  messages: readonly Message[],
  foreignIds: boolean,
  wantsProof: boolean,
): Conversation => {
  const instruction: JsonObject[] = []
  const contents: Content[] = []
  const place: WritePlace = { foreignIds, names: new Map() }
  for (const { role, name, parts } of messages) {
    if (name !== undefined && role !== 'tool') throw incapable('messages.name', wireName)
    if (role === 'assistant') push(contents, 'model', writeAnswer(parts, place))
    else {
      const written = parts.map((part) => writePart(part, place)).filter((part) => part !== undefined)
      if (role === 'user' || role === 'tool') push(contents, 'user', written)
      else if (contents.length > 0) throw incapable('a system message in the middle of a conversation', wireName)
      else instruction.push(...written)
    }
  }
  if (contents.length === 0) throw invalid('messages', 'must hold something beside a system prompt')
  if (wantsProof) excuseUnsigned(contents)
  return { instruction, contents: contents.map(({ role, parts }) => ({ role, parts })) }
}
