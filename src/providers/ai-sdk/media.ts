import type { LanguageModelV4FilePart, SharedV4FileData } from '@ai-sdk/provider'
import { incapable } from '../../core/errors.ts'
import type { AudioPart, FilePart, ImagePart, Source } from '../../core/request.ts'

/** Any of a kind, where nothing more is known. */
const anyOf = { image: 'image/*', file: 'application/octet-stream', audio: 'audio/*' } as const

const formats: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
])

const dataOf = (source: Source, target: string): SharedV4FileData => {
  if (source.kind === 'id') throw incapable('a file kept by a provider', target)
  if (source.kind === 'data') return { type: 'data', data: source.data }
  if (!URL.canParse(source.url)) throw incapable('an address that is none', target)
  return { type: 'url', url: new URL(source.url) }
}

/** Images, files and sound, as files of a media type. */
export const mediaOf = (part: ImagePart | FilePart | AudioPart, target: string): LanguageModelV4FilePart => {
  if (part.kind === 'file' && part.text !== undefined) {
    return { type: 'file', mediaType: 'text/plain', filename: part.name, data: { type: 'text', text: part.text } }
  }
  if (part.kind === 'file' && part.citations) throw incapable('citations', target)
  const { source } = part
  const known = source.kind === 'id' ? undefined : source.mediaType
  const spoken = part.kind === 'audio' && part.format !== undefined ? formats.get(part.format) : undefined
  return {
    type: 'file',
    mediaType: known || spoken || anyOf[part.kind],
    data: dataOf(source, target),
    ...(part.kind === 'file' && part.name !== undefined ? { filename: part.name } : {}),
  }
}
