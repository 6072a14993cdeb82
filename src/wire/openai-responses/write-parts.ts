import { incapable } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { AudioPart, FilePart, ImagePart, Part } from '../../core/request.ts'
import { wireName } from './name.ts'

const writeImage = ({ source, detail }: ImagePart): JsonObject => {
  const type = 'input_image'
  if (source.kind === 'id') return { type, file_id: source.id, detail }
  const url = source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
  return { type, image_url: url, detail }
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
  const type = 'input_file'
  if (text !== undefined) {
    const data = Buffer.from(text).toString('base64')
    return { type, filename: name ?? 'document.txt', file_data: `data:text/plain;base64,${data}` }
  }
  if (source.kind === 'id') return { type, file_id: source.id, filename: name }
  if (source.kind === 'url') return { type, file_url: source.url, filename: name }
  const filename = name ?? `document.${source.mediaType.split('/')[1]}`
  return { type, filename, file_data: `data:${source.mediaType};base64,${source.data}` }
}

type PartWriters = { [Kind in Part['kind']]?: (part: Extract<Part, { kind: Kind }>) => JsonObject }

/** Marks for a provider's prompt cache are not written: models older than the mark refuse it. */
const asked: PartWriters = {
  text: ({ text }) => ({ type: 'input_text', text }),
  image: writeImage,
  audio: writeAudio,
  file: writeFile,
}

const answered: PartWriters = {
  text: ({ text }) => ({ type: 'output_text', text }),
  refusal: ({ text }) => ({ type: 'refusal', refusal: text }),
}

const textOnly: PartWriters = { text: ({ text }) => ({ type: 'input_text', text }) }

const writersOf: Readonly<Record<string, PartWriters>> = { user: asked, tool: asked, assistant: answered }

/** A part of what `role` says. Throws `incapable` for what it cannot say. */
export const writePart = (part: Part, role: string): JsonObject => {
  const write = (writersOf[role] ?? textOnly)[part.kind] as ((part: Part) => JsonObject) | undefined
  if (!write) throw incapable(`${part.kind} of ${role}`, wireName)
  return write(part)
}

/** Content: a string when it is one text, as every provider takes it, else an array. */
export const writeContent = (parts: readonly Part[], role: string): JsonValue => {
  const [first] = parts
  if (parts.length === 1 && first?.kind === 'text') return first.text
  return parts.map((part) => writePart(part, role))
}
