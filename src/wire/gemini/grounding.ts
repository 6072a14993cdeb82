import type { Annotation } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'

const textOf = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])

/** Google counts bytes of the answer, everybody else characters. */
class Places {
  readonly #bytes: Buffer

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'utf8')
  }

  characters(offset: JsonValue | undefined): number | undefined {
    if (typeof offset !== 'number' || !Number.isInteger(offset) || offset < 0 || offset > this.#bytes.length)
      return undefined
    return this.#bytes.toString('utf8', 0, offset).length
  }
}

const webPage = (chunk: JsonValue | undefined): JsonObject | undefined =>
  isObject(chunk) && isObject(chunk.web) ? chunk.web : undefined

/** The pages of the web that support what an answer says; `text` is all it said. */
export const readGrounding = (
  metadata: JsonObject,
  text: string,
  place: { readonly choice: number; readonly block: number },
): Annotation[] => {
  const chunks = listOf(metadata.groundingChunks)
  const places = new Places(text)
  return listOf(metadata.groundingSupports).flatMap((support) => {
    if (!isObject(support)) return []
    const segment = isObject(support.segment) ? support.segment : {}
    return listOf(support.groundingChunkIndices).flatMap((index): Annotation[] => {
      const page = webPage(typeof index === 'number' ? chunks[index] : undefined)
      if (!page) return []
      return [
        {
          kind: 'annotation',
          ...place,
          url: textOf(page.uri),
          title: textOf(page.title),
          citedText: textOf(segment.text),
          start: places.characters(segment.startIndex ?? 0),
          end: places.characters(segment.endIndex),
          origin: wireName,
          raw: support,
        },
      ]
    })
  })
}

const segmentOf = ({ start, end, citedText }: Annotation, text: string): JsonObject => {
  if (start === undefined || end === undefined || end < start || end > text.length) return { text: citedText }
  const cited = text.slice(start, end)
  const startIndex = Buffer.byteLength(text.slice(0, start))
  return { startIndex, endIndex: startIndex + Buffer.byteLength(cited), text: citedText ?? cited }
}

/** Citations of other languages as Google tells its own; undefined when none is of a page of the web. */
export const writeGrounding = (citations: readonly Annotation[], text: string): JsonObject | undefined => {
  const pages = new Map<string, number>()
  const chunks: JsonObject[] = []
  const supports: JsonObject[] = []
  for (const citation of citations) {
    const { url, title } = citation
    if (url === undefined) continue
    const index = pages.get(url) ?? chunks.push({ web: { uri: url, title: title ?? '' } }) - 1
    pages.set(url, index)
    supports.push({ segment: segmentOf(citation, text), groundingChunkIndices: [index] })
  }
  return chunks.length === 0 ? undefined : { groundingChunks: chunks, groundingSupports: supports }
}
