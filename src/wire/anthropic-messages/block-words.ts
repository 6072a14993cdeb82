import { wrapInEnvelope } from '../../core/envelope.ts'
import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BlockSink, BlockWords, Piece } from '../block-sequence.ts'
import { wireName } from './name.ts'
import { acceptedToolId } from './tool-ids.ts'

const beginningOf = (piece: Piece): JsonObject => {
  if (piece.kind === 'native') return piece.value.input === undefined ? piece.value : { ...piece.value, input: {} }
  if (piece.kind === 'tool_call') {
    if (piece.custom) throw incapable('a custom tool call', wireName)
    return { type: 'tool_use', id: acceptedToolId(piece.id ?? ''), name: piece.name ?? '', input: {} }
  }
  if (piece.kind !== 'reasoning') return { type: 'text', text: '' }
  const { origin, redacted } = piece
  if (redacted === undefined) return { type: 'thinking', thinking: '', signature: '' }
  return { type: 'redacted_thinking', data: origin === wireName ? redacted : wrapInEnvelope(origin, redacted) }
}

const say = (piece: Piece, sink: BlockSink<JsonObject>): void => {
  if (piece.kind === 'text') sink.add({ type: 'text_delta', text: piece.text })
  else if (piece.kind === 'tool_call') sink.add({ type: 'input_json_delta', partial_json: piece.arguments })
  else if (piece.kind === 'reasoning') {
    if (piece.text !== '') sink.add({ type: 'thinking_delta', thinking: piece.text })
  } else if (piece.kind === 'annotation') sink.add({ type: 'citations_delta', citation: piece.raw })
  else if (piece.kind === 'native' && piece.value.input !== undefined)
    sink.add({ type: 'input_json_delta', partial_json: JSON.stringify(piece.value.input) })
}

/** Content blocks as Anthropic's answers tell them. */
export const blockWords: BlockWords<JsonObject> = {
  name: wireName,
  start: beginningOf,
  say,
  joined: (_before, more) => more,
  prove: (signature) => ({ type: 'signature_delta', signature }),
}
