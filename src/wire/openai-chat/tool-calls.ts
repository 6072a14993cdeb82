import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Blocks, OpenCall } from './blocks.ts'

interface Piece {
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly input: string
  readonly custom: boolean
}

const stringOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Some providers give arguments as an object. */
const inputOf = (value: JsonValue | undefined): string => (isObject(value) ? JSON.stringify(value) : stringOf(value))

const pieceOf = (entry: JsonObject): Piece => {
  const custom = isObject(entry.custom)
  const called = custom ? entry.custom : entry.function
  const inner: JsonObject = isObject(called) ? called : {}
  return {
    index: typeof entry.index === 'number' ? entry.index : undefined,
    id: stringOf(entry.id),
    name: stringOf(inner.name),
    input: inputOf(custom ? inner.input : inner.arguments),
    custom,
  }
}

/**
 * The call that a piece continues; undefined when it begins one. Gemini's compatible door sends several whole calls
 * without an index, or all with index 0: a new id together with a name is a new call.
 */
const continued = ({ calls }: Blocks, { index, id, name }: Piece): OpenCall | undefined => {
  const last =
    index === undefined && id !== ''
      ? calls.findLast((call) => call.id === id)
      : index === undefined
        ? calls.at(-1)
        : calls.findLast((call) => call.index === index)
  if (!last || last.name === '' || name === '') return last
  if (index === undefined && id === '') return undefined
  return id !== '' && id !== last.id ? undefined : last
}

const readPiece = (piece: Piece, blocks: Blocks, deltas: Delta[]): void => {
  const call = continued(blocks, piece) ?? blocks.call(piece.index, piece.id, piece.custom)
  const { choice } = blocks
  const { block } = call
  const custom = call.custom || undefined
  if (call.name !== '') {
    if (piece.input !== '') deltas.push({ kind: 'tool_call', choice, block, arguments: piece.input, custom })
    return
  }
  call.early += piece.input
  if (piece.name === '') return
  call.name = piece.name
  deltas.push({ kind: 'tool_call', choice, block, id: call.id, name: call.name, arguments: call.early, custom })
}

/** Reads `tool_calls` of a delta or a whole message. */
export const readToolCalls = (value: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (!Array.isArray(value)) return
  for (const entry of value) if (isObject(entry)) readPiece(pieceOf(entry), blocks, deltas)
}

/** Reads `function_call`, which came before `tool_calls`: at most one, without an id. */
export const readFunctionCall = (value: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (isObject(value)) readPiece(pieceOf({ index: -1, function: value }), blocks, deltas)
}
