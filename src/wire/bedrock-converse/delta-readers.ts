import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { annotation, opaqueBlock } from './block-deltas.ts'
import { wireName } from './name.ts'
import type { OpenBlock, Progress } from './open-blocks.ts'

/** What a piece of an open block says; undefined: nothing. */
type DeltaReader = (value: JsonValue, block: OpenBlock, progress: Progress) => Delta | undefined

const text: DeltaReader = (value, block, progress) => {
  if (typeof value !== 'string') throw garbled('a delta has no text')
  if (value === '') return undefined
  return { kind: 'text', choice: 0, block: progress.numberOf(block, 'text'), text: value }
}

const toolUse: DeltaReader = (value, block, progress) => {
  if (!isObject(value) || typeof value.input !== 'string') throw garbled('a delta has no input')
  // Without its beginning, which does not matter to the ending, this is input of a tool the provider runs itself.
  if (value.input === '' || !block.isTool) return undefined
  block.hasInput = true
  const number = progress.numberOf(block, 'tool_call')
  return { kind: 'tool_call', choice: 0, block: number, arguments: value.input }
}

const reasoning: DeltaReader = (value, block, progress) => {
  if (!isObject(value)) throw garbled('a delta has no thinking')
  const { text: said, signature, redactedContent: redacted } = value
  const thought = (more: { text: string; signature?: string; redacted?: string }): Delta => ({
    kind: 'reasoning',
    choice: 0,
    block: progress.numberOf(block, 'reasoning'),
    origin: wireName,
    ...more,
  })
  if (typeof said === 'string') return said === '' ? undefined : thought({ text: said })
  if (typeof signature === 'string') return signature === '' ? undefined : thought({ text: '', signature })
  if (typeof redacted === 'string') return thought({ text: '', redacted })
  return opaqueBlock({ reasoningContent: value })
}

const image: DeltaReader = (value, block, progress) => {
  const source = isObject(value) ? value.source : undefined
  const bytes = isObject(source) ? source.bytes : undefined
  if (typeof bytes !== 'string' || block.mediaType === '') return opaqueBlock({ image: value })
  const number = progress.numberOf(block, 'media')
  return { kind: 'media', choice: 0, block: number, mediaType: block.mediaType, data: bytes }
}

/** By the member of a delta that is given. */
export const deltaReaders: ReadonlyMap<string, DeltaReader> = new Map<string, DeltaReader>([
  ['text', text],
  ['toolUse', toolUse],
  ['reasoningContent', reasoning],
  ['image', image],
  [
    'citation',
    (value, block, progress) => {
      if (!isObject(value)) throw garbled('a citation is none')
      return annotation(value, progress.numberOf(block, 'text'))
    },
  ],
])
