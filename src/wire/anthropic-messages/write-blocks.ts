import { incapable, invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { CacheMark, FilePart, Part, Source } from '../../core/request.ts'
import { wireName } from './name.ts'
import { acceptedToolId } from './tool-ids.ts'

/** A block with its cache mark, if it has one. */
const marked = (block: JsonObject, cache: CacheMark | undefined): JsonObject =>
  cache === undefined ? block : { ...block, cache_control: cacheControl(cache) }

/** The mark of the provider's prompt cache; five minutes is the default and needs no words. */
export const cacheControl = (cache: CacheMark): JsonObject =>
  cache === 'long' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }

type Kind = Part['kind']
type BlockWriter<K extends Kind> = (part: Extract<Part, { kind: K }>, foreignIds: boolean) => JsonObject | undefined

/** Blank blocks are refused there, and nobody misses them. */
const text = (said: string, cache: CacheMark | undefined): JsonObject | undefined =>
  /\S/.test(said) ? marked({ type: 'text', text: said }, cache) : undefined

const pictureTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

const writeReference = (source: Source, foreignIds: boolean): JsonObject | undefined => {
  if (source.kind === 'url') {
    if (!/^https?:\/\//i.test(source.url)) throw incapable('an address that is neither http nor https', wireName)
    return { type: 'url', url: source.url }
  }
  if (source.kind === 'data') return undefined
  // A file is kept by the provider it was given to.
  if (foreignIds) throw incapable(`the file ${source.id} of another provider`, wireName)
  return { type: 'file', file_id: source.id }
}

const picture = (source: Source, foreignIds: boolean): JsonObject => {
  const reference = writeReference(source, foreignIds)
  if (reference) return { type: 'image', source: reference }
  const { data, mediaType } = source as Source & { kind: 'data' }
  if (!pictureTypes.has(mediaType)) throw incapable(`an image of type ${mediaType}`, wireName)
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } }
}

const documentSource = ({ source, text: said }: FilePart, foreignIds: boolean): JsonObject => {
  const reference = writeReference(source, foreignIds)
  if (reference) return reference
  const { data, mediaType } = source as Source & { kind: 'data' }
  if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data }
  if (!mediaType.startsWith('text/')) throw incapable(`a file of type ${mediaType}`, wireName)
  return { type: 'text', media_type: 'text/plain', data: said ?? Buffer.from(data, 'base64').toString('utf8') }
}

const file: BlockWriter<'file'> = (part, foreignIds) => {
  const { source } = part
  if (source.kind === 'data' && pictureTypes.has(source.mediaType))
    return marked(picture(source, foreignIds), part.cache)
  const block = {
    type: 'document',
    source: documentSource(part, foreignIds),
    title: part.name,
    context: part.context,
    citations: part.citations === undefined ? undefined : { enabled: part.citations },
  }
  return marked(block, part.cache)
}

const readArguments = (part: Extract<Part, { kind: 'tool_call' }>): JsonObject => {
  if (part.custom) throw incapable('a custom tool call', wireName)
  if (!/\S/.test(part.arguments)) return {}
  let input: JsonValue
  try {
    input = JSON.parse(part.arguments)
  } catch {
    throw invalid('messages', `the arguments of the tool call ${part.id} are no JSON`)
  }
  if (!isObject(input)) throw invalid('messages', `the arguments of the tool call ${part.id} are no JSON object`)
  return input
}

const toolResult: BlockWriter<'tool_result'> = (part, foreignIds) => {
  const content = writeBlocks(part.parts, foreignIds)
  const [only] = content
  const short = content.length === 1 && only?.type === 'text' && only.cache_control === undefined
  const block = {
    type: 'tool_result',
    tool_use_id: acceptedToolId(part.id),
    content: content.length === 0 ? undefined : short ? only.text : content,
    is_error: part.isError,
  }
  return marked(block, part.cache)
}

const reasoning: BlockWriter<'reasoning'> = ({ origin, redacted, text: thinking, signature }) => {
  // Thinking of another maker cannot be proved here and would be refused; the answer it led to is still told.
  if (origin !== wireName) return undefined
  return redacted === undefined
    ? { type: 'thinking', thinking, signature: signature ?? '' }
    : { type: 'redacted_thinking', data: redacted }
}

const writers: { readonly [K in Kind]: BlockWriter<K> } = {
  text: (part) => text(part.text, part.cache),
  refusal: (part) => text(part.text, undefined),
  // How closely to look is a wish about cost, without a word here; the picture is the same.
  image: (part, foreignIds) => marked(picture(part.source, foreignIds), part.cache),
  file,
  audio: () => {
    throw incapable('audio', wireName)
  },
  tool_call: (part) =>
    marked({ type: 'tool_use', id: acceptedToolId(part.id), name: part.name, input: readArguments(part) }, part.cache),
  tool_result: toolResult,
  reasoning,
  opaque: ({ wire, value }) => {
    if (wire !== wireName) throw incapable(`content that only ${wire} knows`, wireName)
    return value
  },
}

/** Parts as Anthropic's content blocks. `foreignIds`: file ids in them belong to another language's provider. */
export const writeBlocks = (parts: readonly Part[], foreignIds: boolean): JsonObject[] => {
  const blocks: JsonObject[] = []
  for (const part of parts) {
    const block = (writers[part.kind] as BlockWriter<Kind>)(part as never, foreignIds)
    if (block) blocks.push(block)
  }
  return blocks
}
