import type { Annotation, Reasoning } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BlockSink, BlockWords, Piece } from '../block-sequence.ts'
import { formatOf, imageFormats } from './formats.ts'
import { wireName } from './name.ts'
import { writeRedacted } from './redacted.ts'
import { nativeDeltas, nativeStart } from './write-native.ts'

/** Only some blocks have something to say at once. */
export type BlockStart = JsonObject | undefined

/** A citation; one of another maker has at least an address. */
const citationOf = ({ origin, raw, title, url, citedText }: Annotation): JsonObject => {
  if (origin === wireName) return raw
  return {
    title,
    sourceContent: citedText === undefined ? undefined : [{ text: citedText }],
    location: { web: { url } },
  }
}

const startOf = (piece: Piece): BlockStart => {
  if (piece.kind === 'native') return nativeStart(piece.value)
  if (piece.kind === 'media') {
    const format = formatOf(imageFormats, piece.mediaType)
    if (format === undefined) throw incapable(piece.mediaType, wireName)
    return { image: { format } }
  }
  if (piece.kind !== 'tool_call') return undefined
  if (piece.custom) throw incapable('a custom tool call', wireName)
  return { toolUse: { toolUseId: piece.id || 'tollgate_', name: piece.name ?? '' } }
}

const think = ({ redacted, origin, text }: Reasoning, sink: BlockSink<BlockStart>): void => {
  if (redacted !== undefined) sink.add({ reasoningContent: { redactedContent: writeRedacted(redacted, origin) } })
  else if (text !== '') sink.add({ reasoningContent: { text } })
}

const say = (piece: Piece, sink: BlockSink<BlockStart>): void => {
  if (piece.kind === 'text') sink.add({ text: piece.text })
  else if (piece.kind === 'tool_call') sink.add({ toolUse: { input: piece.arguments } })
  else if (piece.kind === 'reasoning') think(piece, sink)
  else if (piece.kind === 'annotation') sink.add({ citation: citationOf(piece) })
  else if (piece.kind === 'media') sink.add({ image: { source: { bytes: piece.data } } })
  else for (const delta of nativeDeltas(piece.value)) sink.add(delta)
}

/** Content blocks as Converse tells them; a proof may come in parts. */
export const blockWords: BlockWords<BlockStart> = {
  name: wireName,
  start: startOf,
  say,
  joined: (before, more) => (before ?? '') + more,
  prove: (signature) => ({ reasoningContent: { signature } }),
}
