import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AudioPart, FilePart, ImagePart, Source } from '../../core/request.ts'
import { wireName } from './name.ts'

const types: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mp3'],
])

/** The media type that the ending of an address tells; undefined when it tells none. */
const typeByEnding = (url: string): string | undefined =>
  types.get(/\.(\w{2,4})(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? '')

const reference = (source: Exclude<Source, { kind: 'data' }>, foreignIds: boolean): JsonObject => {
  if (source.kind === 'id') {
    // A file is kept by the provider it was given to.
    if (foreignIds) throw incapable(`the file ${source.id} of another provider`, wireName)
    return { fileData: { fileUri: source.id, mimeType: source.mediaType } }
  }
  if (!/^https?:\/\//i.test(source.url)) throw incapable('an address that is neither http nor https', wireName)
  const mimeType = source.mediaType ?? typeByEnding(source.url)
  if (mimeType === undefined) throw incapable('an address that does not tell the type of its file', wireName)
  return { fileData: { fileUri: source.url, mimeType } }
}

const place = (source: Source, foreignIds: boolean): JsonObject =>
  source.kind === 'data'
    ? { inlineData: { mimeType: source.mediaType, data: source.data } }
    : reference(source, foreignIds)

/** How closely to look at a picture is a wish about cost; the picture is the same. */
export const writeImage = ({ source }: ImagePart, foreignIds: boolean): JsonObject => place(source, foreignIds)

/** A document. Its name is a label for people; a context or citations would change what the model reads or says. */
export const writeFile = ({ source, context, citations }: FilePart, foreignIds: boolean): JsonObject => {
  if (context !== undefined) throw incapable('the context of a document', wireName)
  if (citations) throw incapable('citations of a document', wireName)
  return place(source, foreignIds)
}

export const writeAudio = ({ source, format }: AudioPart, foreignIds: boolean): JsonObject => {
  if (source.kind !== 'data' || source.mediaType !== 'audio/*') return place(source, foreignIds)
  const mediaType = types.get(format ?? '') ?? `audio/${format ?? 'wav'}`
  return place({ ...source, mediaType }, foreignIds)
}
