import { invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/request.ts'
import { nameAt, objectAt, optionalFlag, optionalObject, optionalText, textAt } from '../checks.ts'
import { audioFormats, documentFormats, imageFormats, mediaTypeOf } from './formats.ts'
import { memberOf, noteOthers, type Reading } from './reading.ts'

/** Reads what stands under a member of a content block; undefined for what has no neutral word. */
export type MemberReader = (block: JsonObject, path: string, reading: Reading) => Part | undefined

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/** The bytes of a source, as base64; undefined for other sources, such as an object of S3, which only Amazon can read. */
const bytesOf = (holder: JsonObject, path: string): string | undefined => {
  const source = objectAt(holder, 'source', path)
  if (memberOf(source, `${path}.source`) !== 'bytes') return undefined
  const bytes = nameAt(source, 'bytes', `${path}.source`)
  if (!base64.test(bytes)) throw invalid(`${path}.source.bytes`, 'must be base64')
  return bytes
}

const mediaFields: ReadonlySet<string> = new Set(['format', 'source'])

export const readImage: MemberReader = (block, path, reading) => {
  const image = objectAt(block, 'image', path)
  const where = `${path}.image`
  nameAt(image, 'format', where)
  const data = bytesOf(image, where)
  const mediaType = mediaTypeOf(imageFormats, image.format)
  if (data === undefined || mediaType === undefined) return undefined
  noteOthers(image, mediaFields, where, reading)
  return { kind: 'image', source: { kind: 'data', data, mediaType } }
}

export const readAudio: MemberReader = (block, path, reading) => {
  const audio = objectAt(block, 'audio', path)
  const where = `${path}.audio`
  const format = nameAt(audio, 'format', where)
  const data = bytesOf(audio, where)
  const mediaType = mediaTypeOf(audioFormats, format)
  if (data === undefined || mediaType === undefined) return undefined
  noteOthers(audio, mediaFields, where, reading)
  return { kind: 'audio', source: { kind: 'data', data, mediaType }, format }
}

const documentFields: ReadonlySet<string> = new Set(['format', 'name', 'source', 'context', 'citations'])

/** The text of a document that is given as text. */
const textOf = (document: JsonObject, path: string): string | undefined => {
  const source = objectAt(document, 'source', path)
  return memberOf(source, `${path}.source`) === 'text' ? textAt(source, 'text', `${path}.source`) : undefined
}

export const readDocument: MemberReader = (block, path, reading) => {
  const document = objectAt(block, 'document', path)
  const where = `${path}.document`
  const text = textOf(document, where)
  const citations = optionalObject(document, 'citations', where)
  const file = {
    kind: 'file',
    name: nameAt(document, 'name', where),
    context: optionalText(document, 'context', where),
    citations: citations && optionalFlag(citations, 'enabled', `${where}.citations`),
  } as const
  const format = optionalText(document, 'format', where) ?? (text === undefined ? undefined : 'txt')
  const data = text === undefined ? bytesOf(document, where) : Buffer.from(text, 'utf8').toString('base64')
  const mediaType = mediaTypeOf(documentFormats, format)
  if (data === undefined || mediaType === undefined) return undefined
  noteOthers(document, documentFields, where, reading)
  return { ...file, source: { kind: 'data', data, mediaType }, text }
}
