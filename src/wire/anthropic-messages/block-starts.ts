import type { Annotation, Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { wireName } from './name.ts'

/** What a block of an answer says as it stands: all of it in a whole message, its beginning in a stream. */
type BlockStart = (block: JsonObject, number: number) => readonly Delta[]

const said = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** A citation; only those of the web have an address that other languages can tell. */
export const annotation = (citation: JsonObject, block: number): Annotation => ({
  kind: 'annotation',
  choice: 0,
  block,
  url: said(citation.url) || undefined,
  title: said(citation.title ?? citation.document_title) || undefined,
  citedText: said(citation.cited_text) || undefined,
  origin: wireName,
  raw: citation,
})

const text: BlockStart = (block, number) => {
  const deltas: Delta[] = []
  const words = said(block.text)
  if (words !== '') deltas.push({ kind: 'text', choice: 0, block: number, text: words })
  if (Array.isArray(block.citations)) {
    for (const citation of block.citations) if (isObject(citation)) deltas.push(annotation(citation, number))
  }
  return deltas
}

const thinking: BlockStart = (block, number) => {
  const words = said(block.thinking)
  const signature = said(block.signature) || undefined
  if (words === '' && signature === undefined) return []
  return [{ kind: 'reasoning', choice: 0, block: number, text: words, signature, origin: wireName }]
}

const redactedThinking: BlockStart = (block, number) => [
  { kind: 'reasoning', choice: 0, block: number, text: '', redacted: said(block.data), origin: wireName },
]

/** A stream begins with an empty input and tells it afterwards, as text; some imitations tell it at once. */
const toolUse: BlockStart = (block, number) => {
  const input = isObject(block.input) && Object.keys(block.input).length > 0 ? JSON.stringify(block.input) : ''
  return [{ kind: 'tool_call', choice: 0, block: number, id: said(block.id), name: said(block.name), arguments: input }]
}

/** The blocks that have neutral words. All others are told whole, for this language alone. */
export const blockStarts: ReadonlyMap<JsonValue | undefined, BlockStart> = new Map([
  ['text', text],
  ['thinking', thinking],
  ['redacted_thinking', redactedThinking],
  ['tool_use', toolUse],
])

/** A block that only this language knows, such as a search of the web and what it found. */
export const opaqueBlock = (value: JsonObject): Delta => ({ kind: 'opaque', wire: wireName, value, semantic: true })
