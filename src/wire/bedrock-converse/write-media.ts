import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AudioPart, FilePart, Source } from '../../core/request.ts'
import { audioFormats, documentFormats, formatOf, formatOfAddress, imageFormats } from './formats.ts'
import { wireName } from './name.ts'

type Formats = typeof imageFormats

interface Located {
  readonly format: string
  readonly source: JsonObject
}

/** Amazon fetches from its own store alone. */
const locate = (source: Source, formats: Formats, what: string): Located => {
  if (source.kind === 'id') throw incapable(`the file ${source.id} of another provider`, wireName)
  if (source.kind === 'data') {
    const format = formatOf(formats, source.mediaType)
    if (format === undefined) throw incapable(`${what} of type ${source.mediaType}`, wireName)
    return { format, source: { bytes: source.data } }
  }
  if (!source.url.startsWith('s3://')) throw incapable(`${what} by its address`, wireName)
  const told = source.mediaType === undefined ? undefined : formatOf(formats, source.mediaType)
  const format = told ?? formatOfAddress(formats, source.url)
  if (format === undefined) throw incapable(`${what} whose format is not told`, wireName)
  return { format, source: { s3Location: { uri: source.url } } }
}

export const writeImage = (source: Source): JsonObject => ({ image: { ...locate(source, imageFormats, 'an image') } })

export const writeAudio = ({ source, format }: AudioPart): JsonObject => {
  if (source.kind === 'data' && format !== undefined && Object.hasOwn(audioFormats, format))
    return { audio: { format, source: { bytes: source.data } } }
  return { audio: { ...locate(source, audioFormats, 'audio') } }
}

const longestName = 200

/** Letters, digits, single spaces, hyphens, parentheses and brackets are all that a document's name may have there. */
const acceptedName = (name: string, format: string): string => {
  const ending = `.${format}`
  const bare = name.toLowerCase().endsWith(ending) ? name.slice(0, -ending.length) : name
  return bare
    .replaceAll(/[^\p{L}\p{N}\s()[\]-]/gu, '-')
    .replaceAll(/\s+/g, ' ')
    .slice(0, longestName)
}

/** The names of the documents of one request; Amazon refuses two that are the same. */
export class DocumentNames {
  readonly #taken = new Set<string>()

  take(name: string | undefined, format: string): string {
    const wish = (name === undefined ? '' : acceptedName(name, format).trim()) || 'document'
    let free = wish
    for (let number = 2; this.#taken.has(free); number++) free = `${wish.slice(0, longestName - 8)} (${number})`
    this.#taken.add(free)
    return free
  }
}

/** A file as a document, or as the picture that it is. */
export const writeFile = (part: FilePart, names: DocumentNames): JsonObject => {
  const { source, text, context, citations } = part
  if (source.kind === 'data' && formatOf(imageFormats, source.mediaType) !== undefined) return writeImage(source)
  const located = locate(source, documentFormats, 'a file')
  return {
    document: {
      format: located.format,
      name: names.take(part.name, located.format),
      source: text === undefined ? located.source : { text },
      context,
      citations: citations === undefined ? undefined : { enabled: citations },
    },
  }
}
