import type { Annotation, Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'

const said = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** The text of pieces such as `[{"text": "…"}]`. */
export const joinedText = (pieces: JsonValue | undefined): string =>
  Array.isArray(pieces) ? pieces.map((piece: JsonValue) => (isObject(piece) ? said(piece.text) : '')).join('') : ''

const urlIn = (location: JsonValue | undefined): string =>
  isObject(location) && isObject(location.web) ? said(location.web.url) : ''

/** A citation; only those of the web have an address that other languages can tell. */
export const annotation = (citation: JsonObject, block: number): Annotation => ({
  kind: 'annotation',
  choice: 0,
  block,
  url: urlIn(citation.location) || undefined,
  title: said(citation.title) || undefined,
  citedText: joinedText(citation.sourceContent) || undefined,
  origin: wireName,
  raw: citation,
})

/** A block that only this language knows. */
export const opaqueBlock = (value: JsonObject): Delta => ({ kind: 'opaque', wire: wireName, value, semantic: true })

const answerFields: ReadonlySet<string> = new Set([
  'output',
  'stopReason',
  'usage',
  'serviceTier',
  'contentBlockIndex',
  // Random letters that hide how long a text is.
  'p',
])

/** Gathers what an answer tells beside the fields every answer has: metrics, traces, a model's own fields. */
export const collectExtras = (told: JsonObject, into: Record<string, JsonValue | undefined>): void => {
  for (const key in told) {
    const value = told[key]
    if (value !== undefined && value !== null && !answerFields.has(key)) into[key] = value
  }
}

/** It decorates the answer, and only this language has words for it. */
export const extras = (value: JsonObject): Delta | undefined =>
  Object.keys(value).length === 0 ? undefined : { kind: 'opaque', wire: wireName, value, semantic: false }
