import type { Annotation } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'

const stringOr = (value: JsonValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
const numberOr = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

/** A citation as it came; only those of web pages have words of ours. */
export const readAnnotation = (raw: JsonObject, block: number): Annotation => {
  const page = raw.type === 'url_citation' ? raw : undefined
  return {
    kind: 'annotation',
    choice: 0,
    block,
    url: stringOr(page?.url),
    title: stringOr(page?.title),
    start: numberOr(page?.start_index),
    end: numberOr(page?.end_index),
    origin: wireName,
    raw,
  }
}

/** A citation for a caller of this language; undefined for one of another language that cites no web page. */
export const writeAnnotation = ({ origin, raw, url, title, start, end }: Annotation): JsonObject | undefined => {
  if (origin === wireName) return raw
  if (url === undefined) return undefined
  return { type: 'url_citation', url, title: title ?? '', start_index: start ?? 0, end_index: end ?? 0 }
}
