import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type {
  AudioPart,
  CacheMark,
  FilePart,
  ImagePart,
  OpaquePart,
  Part,
  RefusalPart,
  Source,
  TextPart,
} from '../../core/request.ts'
import { arrayAt, filledAt, maybe, noteUnknown, objectAt, stringAt, wordAt } from '../openai/fields.ts'
import { fileDataAt, sourceAt } from '../openai/sources.ts'
import { wireName } from './name.ts'

/** Paths of what only this language can say, collected while a body is read. */
export type Untranslatable = string[]

type PartReader = (part: JsonObject, path: string, untranslatable: Untranslatable) => Part

const markFields = ['type', 'prompt_cache_breakpoint', 'cache_control']
const textFields: ReadonlySet<string> = new Set([...markFields, 'text'])
const refusalFields: ReadonlySet<string> = new Set([...markFields, 'refusal'])
const imageFields: ReadonlySet<string> = new Set([...markFields, 'image_url'])
const audioFields: ReadonlySet<string> = new Set([...markFields, 'input_audio'])
const fileFields: ReadonlySet<string> = new Set([...markFields, 'file'])

/** OpenAI's own mark of a reusable prefix, or Anthropic's, which compatible providers take under its own name. */
export const cacheMarkOf = (object: JsonObject, path: string): CacheMark | undefined => {
  const own = maybe(object.prompt_cache_breakpoint, `${path}.prompt_cache_breakpoint`, objectAt)
  if (own) return own.ttl === '12h' ? 'long' : 'short'
  const theirs = maybe(object.cache_control, `${path}.cache_control`, objectAt)
  return theirs && (theirs.ttl === '1h' ? 'long' : 'short')
}

const readText = (part: JsonObject, path: string, untranslatable: Untranslatable): TextPart => {
  noteUnknown(part, textFields, (field) => untranslatable.push(`${path}.${field}`))
  const text = part.text
  if (typeof text !== 'string') throw invalid(`${path}.text`, 'must be a string.')
  const cache = cacheMarkOf(part, path)
  return cache ? { kind: 'text', text, cache } : { kind: 'text', text }
}

const readRefusal = (part: JsonObject, path: string, untranslatable: Untranslatable): RefusalPart => {
  noteUnknown(part, refusalFields, (field) => untranslatable.push(`${path}.${field}`))
  return { kind: 'refusal', text: stringAt(part.refusal, `${path}.refusal`) }
}

const readImage = (part: JsonObject, path: string, untranslatable: Untranslatable): ImagePart => {
  noteUnknown(part, imageFields, (field) => untranslatable.push(`${path}.${field}`))
  const image = objectAt(part.image_url, `${path}.image_url`)
  const url = stringAt(image.url, `${path}.image_url.url`)
  const detail = maybe(image.detail, `${path}.image_url.detail`, readDetail)
  return { kind: 'image', source: sourceAt(url, `${path}.image_url.url`), detail, cache: cacheMarkOf(part, path) }
}

const readDetail = (value: JsonValue | undefined, path: string) =>
  wordAt(value, path, ['auto', 'low', 'high', 'original'] as const)

const mediaTypes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' }

const readAudio = (part: JsonObject, path: string, untranslatable: Untranslatable): AudioPart => {
  noteUnknown(part, audioFields, (field) => untranslatable.push(`${path}.${field}`))
  const audio = objectAt(part.input_audio, `${path}.input_audio`)
  const data = stringAt(audio.data, `${path}.input_audio.data`)
  const format = filledAt(audio.format, `${path}.input_audio.format`)
  const mediaType = mediaTypes[format] ?? `audio/${format}`
  return { kind: 'audio', source: { kind: 'data', data, mediaType }, format, cache: cacheMarkOf(part, path) }
}

const fileSource = (file: JsonObject, path: string): Source => {
  const id = maybe(file.file_id, `${path}.file_id`, filledAt)
  if (id !== undefined) return { kind: 'id', id }
  return fileDataAt(filledAt(file.file_data, `${path}.file_data`), `${path}.file_data`)
}

const readFile = (part: JsonObject, path: string, untranslatable: Untranslatable): FilePart => {
  noteUnknown(part, fileFields, (field) => untranslatable.push(`${path}.${field}`))
  const file = objectAt(part.file, `${path}.file`)
  const name = maybe(file.filename, `${path}.file.filename`, stringAt)
  return { kind: 'file', source: fileSource(file, `${path}.file`), name, cache: cacheMarkOf(part, path) }
}

const readOpaque = (part: JsonObject, path: string, untranslatable: Untranslatable): OpaquePart => {
  filledAt(part.type, `${path}.type`)
  untranslatable.push(path)
  return { kind: 'opaque', wire: wireName, value: part }
}

const readers: ReadonlyMap<unknown, PartReader> = new Map<unknown, PartReader>([
  ['text', readText],
  ['refusal', readRefusal],
  ['image_url', readImage],
  ['input_audio', readAudio],
  ['file', readFile],
])

/**
 * A message's content: a string or an array of parts. A type of part that is not known stays as it is, for this
 * language only.
 */
export const readContent = (
  content: JsonValue | undefined,
  path: string,
  untranslatable: Untranslatable,
): readonly Part[] => {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts.')
  const parts: Part[] = []
  for (const [index, value] of arrayAt(content, path).entries()) {
    const at = `${path}[${index}]`
    const part = objectAt(value, at)
    parts.push((readers.get(part.type) ?? readOpaque)(part, at, untranslatable))
  }
  return parts
}
