import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type {
  AudioPart,
  CacheMark,
  FilePart,
  ImagePart,
  Part,
  RefusalPart,
  Source,
  TextPart,
} from '../../core/request.ts'
import { filledAt, maybe, noteUnknown, objectAt, stringAt, wordAt } from '../openai/fields.ts'
import { fileDataAt, sourceAt } from '../openai/sources.ts'
import { wireName } from './name.ts'

/** Paths of what only this language can say, collected while a body is read. */
export type Untranslatable = string[]

type PartReader = (part: JsonObject, path: string, untranslatable: Untranslatable) => Part

const fields = (...names: string[]): ReadonlySet<string> => new Set(['type', 'prompt_cache_breakpoint', ...names])

/** The mark of a reusable prefix. */
const cacheMarkOf = (part: JsonObject, path: string): CacheMark | undefined => {
  const mark = maybe(part.prompt_cache_breakpoint, `${path}.prompt_cache_breakpoint`, objectAt)
  return mark && (mark.ttl === '12h' ? 'long' : 'short')
}

/** Citations and probabilities of an earlier answer decorate its text: without them the conversation says the same. */
const textFields = fields('text', 'annotations', 'logprobs')
const readText: PartReader = (part, path, untranslatable): TextPart => {
  noteUnknown(part, textFields, (field) => untranslatable.push(`${path}.${field}`))
  const text = stringAt(part.text, `${path}.text`)
  const cache = cacheMarkOf(part, path)
  return cache ? { kind: 'text', text, cache } : { kind: 'text', text }
}

const refusalFields = fields('refusal')
const readRefusal: PartReader = (part, path, untranslatable): RefusalPart => {
  noteUnknown(part, refusalFields, (field) => untranslatable.push(`${path}.${field}`))
  return { kind: 'refusal', text: stringAt(part.refusal, `${path}.refusal`) }
}

const keptUnder = (part: JsonObject, path: string): Source | undefined => {
  const id = maybe(part.file_id, `${path}.file_id`, filledAt)
  return id === undefined ? undefined : { kind: 'id', id }
}

const imageFields = fields('image_url', 'file_id', 'detail')
const readImage: PartReader = (part, path, untranslatable): ImagePart => {
  noteUnknown(part, imageFields, (field) => untranslatable.push(`${path}.${field}`))
  const source = keptUnder(part, path) ?? sourceAt(stringAt(part.image_url, `${path}.image_url`), `${path}.image_url`)
  const detail = maybe(part.detail, `${path}.detail`, (value, at) =>
    wordAt(value, at, ['auto', 'low', 'high', 'original'] as const),
  )
  return { kind: 'image', source, detail, cache: cacheMarkOf(part, path) }
}

const fileSource = (part: JsonObject, path: string): Source => {
  const kept = keptUnder(part, path)
  if (kept) return kept
  const url = maybe(part.file_url, `${path}.file_url`, filledAt)
  if (url !== undefined) return sourceAt(url, `${path}.file_url`)
  return fileDataAt(filledAt(part.file_data, `${path}.file_data`), `${path}.file_data`)
}

const fileFields = fields('file_data', 'file_id', 'file_url', 'filename', 'detail')
const readFile: PartReader = (part, path, untranslatable): FilePart => {
  noteUnknown(part, fileFields, (field) => untranslatable.push(`${path}.${field}`))
  const detail = maybe(part.detail, `${path}.detail`, (value, at) => wordAt(value, at, ['auto', 'low', 'high']))
  if (detail !== undefined && detail !== 'auto') untranslatable.push(`${path}.detail`)
  const name = maybe(part.filename, `${path}.filename`, stringAt)
  return { kind: 'file', source: fileSource(part, path), name, cache: cacheMarkOf(part, path) }
}

const mediaTypes: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mpeg' }

const audioFields = fields('input_audio')
const readAudio: PartReader = (part, path, untranslatable): AudioPart => {
  noteUnknown(part, audioFields, (field) => untranslatable.push(`${path}.${field}`))
  const audio = objectAt(part.input_audio, `${path}.input_audio`)
  const data = stringAt(audio.data, `${path}.input_audio.data`)
  const format = filledAt(audio.format, `${path}.input_audio.format`)
  const mediaType = mediaTypes[format] ?? `audio/${format}`
  return { kind: 'audio', source: { kind: 'data', data, mediaType }, format, cache: cacheMarkOf(part, path) }
}

const readOpaque: PartReader = (part, path, untranslatable) => {
  filledAt(part.type, `${path}.type`)
  untranslatable.push(path)
  return { kind: 'opaque', wire: wireName, value: part }
}

/** Clients repeat answers and questions with each other's types: both words for a text are known everywhere. */
const readers: ReadonlyMap<unknown, PartReader> = new Map<unknown, PartReader>([
  ['input_text', readText],
  ['output_text', readText],
  ['text', readText],
  ['refusal', readRefusal],
  ['input_image', readImage],
  ['input_file', readFile],
  ['input_audio', readAudio],
])

/** A string or an array of parts. A type of part that is not known stays as it is, for this language only. */
export const readContent = (
  content: JsonValue | undefined,
  path: string,
  untranslatable: Untranslatable,
): readonly Part[] => {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts.')
  return content.map((value: JsonValue, index) => {
    const at = `${path}[${index}]`
    const part = objectAt(value, at)
    return (readers.get(part.type) ?? readOpaque)(part, at, untranslatable)
  })
}
