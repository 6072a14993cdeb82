import { incapable, invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/request.ts'
import { type CachePoints, cachePoint } from './cache-points.ts'
import { wireName } from './name.ts'
import { acceptedToolId } from './tool-ids.ts'
import { type DocumentNames, writeAudio, writeFile, writeImage } from './write-media.ts'

type Kind = Part['kind']
type BlockWriter<K extends Kind> = (part: Extract<Part, { kind: K }>, writing: Writing) => JsonObject | undefined

/** What blocks are written with. */
export interface Writing {
  readonly names: DocumentNames
  readonly marks: CachePoints
}

/** Blank blocks are refused there, and nobody misses them. */
const text = (said: string): JsonObject | undefined => (/\S/.test(said) ? { text: said } : undefined)

const readArguments = (part: Extract<Part, { kind: 'tool_call' }>): JsonValue => {
  if (part.custom) throw incapable('a custom tool call', wireName)
  if (!/\S/.test(part.arguments)) return {}
  try {
    return JSON.parse(part.arguments)
  } catch {
    throw invalid('messages', `the arguments of the tool call ${part.id} are no JSON`)
  }
}

const toolUse: BlockWriter<'tool_call'> = (part) => ({
  toolUse: { toolUseId: acceptedToolId(part.id), name: part.name, input: readArguments(part) },
})

const statusOf = (isError: boolean | undefined): string | undefined =>
  isError === undefined ? undefined : isError ? 'error' : 'success'

const toolResult: BlockWriter<'tool_result'> = (part, writing) => {
  const content = writeBlocks(part.parts, writing)
  const empty = content.length === 0 && part.parts.length > 0
  return {
    toolResult: {
      toolUseId: acceptedToolId(part.id),
      // A blank text is the one thing that a tool may answer and a user may not say.
      content: empty ? [{ text: ' ' }] : content,
      status: statusOf(part.isError),
    },
  }
}

const reasoning: BlockWriter<'reasoning'> = ({ origin, redacted, text: thought, signature }) => {
  // Thinking of another maker cannot be proved here and would be refused; the answer it led to is still told.
  if (origin !== wireName) return undefined
  const content =
    redacted === undefined ? { reasoningText: { text: thought, signature } } : { redactedContent: redacted }
  return { reasoningContent: content }
}

const writers: { readonly [K in Kind]: BlockWriter<K> } = {
  text: (part) => text(part.text),
  refusal: (part) => text(part.text),
  // How closely to look is a wish about cost, without a word here; the picture is the same.
  image: (part) => writeImage(part.source),
  file: (part, { names }) => writeFile(part, names),
  audio: writeAudio,
  tool_call: toolUse,
  tool_result: toolResult,
  reasoning,
  opaque: ({ wire, value }) => {
    if (wire !== wireName) throw incapable(`content that only ${wire} knows`, wireName)
    return value
  },
}

/** Parts as content blocks, each with the mark behind it that it carries. */
export const writeBlocks = (parts: readonly Part[], writing: Writing): JsonObject[] => {
  const { marks } = writing
  const blocks: JsonObject[] = []
  for (const part of parts) {
    const block = (writers[part.kind] as BlockWriter<Kind>)(part as never, writing)
    if (!block) continue
    blocks.push(block)
    if (marks.inMessages && 'cache' in part && part.cache) blocks.push(cachePoint(part.cache, marks))
  }
  return blocks
}
