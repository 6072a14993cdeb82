import { incapable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { AudioPart, FilePart, ImagePart, Part } from '../../core/request.ts'
import { wireName } from './name.ts'

const writeImage = ({ source, detail }: ImagePart): JsonObject => {
  if (source.kind === 'id') throw incapable('an image kept by a provider', wireName)
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return { type: 'image_url', image_url: { url, detail } }
}

const formats: Readonly<Record<string, string>> = { 'audio/wav': 'wav', 'audio/x-wav': 'wav', 'audio/mpeg': 'mp3' }

const writeAudio = ({ source, format }: AudioPart): JsonObject => {
  if (source.kind !== 'data') throw incapable(`audio given by ${source.kind}`, wireName)
  const name = format ?? formats[source.mediaType] ?? source.mediaType.replace(/^audio\//, '')
  return { type: 'input_audio', input_audio: { data: source.data, format: name } }
}

const writeFile = ({ source, name, text, context, citations }: FilePart): JsonObject => {
  if (context !== undefined) throw incapable('context of a document', wireName)
  if (citations) throw incapable('citations of a document', wireName)
  if (text !== undefined) {
    const data = Buffer.from(text).toString('base64')
    return { type: 'file', file: { filename: name ?? 'document.txt', file_data: `data:text/plain;base64,${data}` } }
  }
  if (source.kind === 'id') return { type: 'file', file: { file_id: source.id, filename: name } }
  if (source.kind === 'url') throw incapable('a document given by URL', wireName)
  const filename = name ?? `document.${source.mediaType.split('/')[1]}`
  return { type: 'file', file: { filename, file_data: `data:${source.mediaType};base64,${source.data}` } }
}

type PartWriters = { [Kind in Part['kind']]?: (part: Extract<Part, { kind: Kind }>) => JsonObject }

/**
 * Marks for a provider's prompt cache are not written: models older than the mark refuse it, and without it only speed
 * is lost.
 */
const writers: PartWriters = {
  text: (part) => ({ type: 'text', text: part.text }),
  image: writeImage,
  audio: writeAudio,
  file: writeFile,
  opaque: (part) => {
    if (part.wire !== wireName) throw incapable(`content of ${part.wire}`, wireName)
    return part.value
  },
}

/** A part of a message's content. Throws `incapable` where `role` cannot say such a part. */
const writePart = (part: Part, role: string): JsonObject => {
  const write = writers[part.kind] as ((part: Part) => JsonObject) | undefined
  if (!write) throw incapable(`${part.kind} of ${role}`, wireName)
  return write(part)
}

/** Content of a message: a string when it is one text, as every provider takes it, else an array. */
export const writeContent = (parts: readonly Part[], role: string): JsonValue => {
  const [first] = parts
  if (parts.length === 1 && first?.kind === 'text') return first.text
  return parts.map((part) => {
    const textOnly = role !== 'user' && part.kind !== 'text' && part.kind !== 'opaque'
    if (textOnly) throw incapable(`${part.kind} of ${role}`, wireName)
    return writePart(part, role)
  })
}
