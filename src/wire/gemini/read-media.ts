import { invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part, Source } from '../../core/request.ts'
import { nameAt, optionalText } from '../checks.ts'
import { fieldsOf } from './fields.ts'

const soundFormats: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/mpeg', 'mp3'],
])

/** A picture, a sound or a document; undefined for what has no neutral word, such as a film. */
const mediaPart = (source: Source, mediaType: string, name: string | undefined): Part | undefined => {
  if (mediaType.startsWith('image/')) return { kind: 'image', source }
  if (mediaType.startsWith('audio/')) return { kind: 'audio', source, format: soundFormats.get(mediaType) }
  return mediaType.startsWith('video/') ? undefined : { kind: 'file', source, name }
}

/** `inlineData`: bytes that are given here. */
export const readInlineData = (part: JsonObject, path: string): Part | undefined => {
  const where = `${path}.inlineData`
  const blob = fieldsOf(part.inlineData ?? null, where)
  const mediaType = nameAt(blob, 'mimeType', where)
  const name = optionalText(blob, 'displayName', where)
  return mediaPart({ kind: 'data', data: nameAt(blob, 'data', where), mediaType }, mediaType, name)
}

/** What Google keeps itself, under an address that only it can read. */
const keptByGoogle = /^(?:gs:\/\/|(?:https:\/\/generativelanguage\.googleapis\.com\/[\w./-]*)?files\/)/i
const filmed = /^https?:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i

/** `fileData`: a file of Google's, or an address that Google is to fetch. */
export const readFileData = (part: JsonObject, path: string): Part | undefined => {
  const where = `${path}.fileData`
  const file = fieldsOf(part.fileData ?? null, where)
  const uri = nameAt(file, 'fileUri', where)
  const mediaType = optionalText(file, 'mimeType', where)
  if (!keptByGoogle.test(uri) && !/^https?:\/\//i.test(uri))
    throw invalid(`${where}.fileUri`, 'must be a file of Google, or an http or https address')
  if (mediaType === undefined || filmed.test(uri)) return undefined
  const source: Source = keptByGoogle.test(uri)
    ? { kind: 'id', id: uri, mediaType }
    : { kind: 'url', url: uri, mediaType }
  return mediaPart(source, mediaType, optionalText(file, 'displayName', where))
}
