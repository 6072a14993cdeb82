import { incapable, invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Part, ToolCallPart, ToolResultPart } from '../../core/request.ts'
import { wireName } from './name.ts'
import { isBareProof } from './proof.ts'
import { givenId } from './tool-ids.ts'
import { writeAudio, writeFile, writeImage } from './write-media.ts'

/** Where parts are written. */
export interface WritePlace {
  /** File ids belong to another language's provider. */
  readonly foreignIds: boolean
  /** The names of the tools that were called, by the id of the call: results must tell them. */
  readonly names: Map<string, string>
}

type Kind = Part['kind']
type PartWriter<K extends Kind> = (part: Extract<Part, { kind: K }>, place: WritePlace) => JsonObject | undefined

const parsed = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const writeCall = ({ id, name, arguments: text, custom }: ToolCallPart, { names }: WritePlace): JsonObject => {
  if (custom) throw incapable('a custom tool call', wireName)
  const args = /\S/.test(text) ? parsed(text) : {}
  if (!isObject(args)) throw invalid('messages', `the arguments of the tool call ${id} are no JSON object`)
  names.set(id, name)
  return { functionCall: { id: givenId(id), name, args } }
}

/** A result is an object there: one that is told as JSON, or a text in an object. */
const responseOf = (text: string, isError: boolean | undefined): JsonObject => {
  if (isError) return { error: text }
  const value = text.trimStart().startsWith('{') ? parsed(text) : undefined
  return isObject(value) ? value : { output: text }
}

const writeResult = ({ id, parts, isError }: ToolResultPart, place: WritePlace): JsonObject => {
  const name = place.names.get(id)
  if (name === undefined) throw invalid('messages', `the tool result ${id} answers no call before it`)
  const texts: string[] = []
  const media: JsonObject[] = []
  for (const part of parts) {
    if (part.kind === 'text') texts.push(part.text)
    else {
      const written = writePart(part, place)
      if (written?.inlineData === undefined) throw incapable(`${part.kind} in a tool result`, wireName)
      media.push(written)
    }
  }
  const response = responseOf(texts.join('\n'), isError)
  return { functionResponse: { id: givenId(id), name, response, parts: media.length > 0 ? media : undefined } }
}

const writers: { readonly [K in Kind]: PartWriter<K> } = {
  text: ({ text }) => ({ text }),
  refusal: ({ text }) => ({ text }),
  image: (part, { foreignIds }) => writeImage(part, foreignIds),
  file: (part, { foreignIds }) => writeFile(part, foreignIds),
  audio: (part, { foreignIds }) => writeAudio(part, foreignIds),
  tool_call: writeCall,
  tool_result: writeResult,
  // Thinking of another maker says nothing to Gemini; the answer it led to is still told.
  reasoning: ({ text, signature, origin }) =>
    origin === wireName ? { text, thought: true, thoughtSignature: signature } : undefined,
  opaque: ({ wire, value }) => {
    if (wire !== wireName) throw incapable(`content that only ${wire} knows`, wireName)
    return value
  },
}

/** A part in Google's words; undefined for what is left out. */
export const writePart = (part: Part, place: WritePlace): JsonObject | undefined =>
  (writers[part.kind] as PartWriter<Kind>)(part as never, place)

/** A text does not take the proof of a call that follows: languages that tell thinking first have moved it there. */
const leavesProof = (parts: readonly Part[], at: number): boolean => {
  const call = parts.findIndex(({ kind }, index) => index > at && kind === 'tool_call')
  if (call === -1 || parts[at]?.kind === 'tool_call') return false
  const before = parts[call - 1]
  return before?.kind !== 'reasoning' || !isBareProof(before)
}

/** The parts of an answer, each with the proof that came before it. */
export const writeAnswer = (parts: readonly Part[], place: WritePlace): JsonObject[] => {
  const written: JsonObject[] = []
  let proof: string | undefined
  const tell = (): void => {
    if (proof !== undefined) written.push({ text: '', thoughtSignature: proof })
    proof = undefined
  }
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'reasoning' && isBareProof(part)) {
      tell()
      proof = part.signature
      continue
    }
    const one = writePart(part, place)
    if (!one) continue
    if (proof === undefined || part.kind === 'reasoning' || leavesProof(parts, index)) written.push(one)
    else {
      written.push({ ...one, thoughtSignature: proof })
      proof = undefined
    }
  }
  tell()
  return written
}
