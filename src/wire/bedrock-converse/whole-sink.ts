import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { BlockSink } from '../block-sequence.ts'
import { garbled } from '../garbled.ts'
import type { BlockStart } from './block-words.ts'

/** A block while its pieces come. */
interface Gathered {
  readonly start: JsonObject
  readonly texts: string[]
  readonly thoughts: string[]
  readonly citations: JsonObject[]
  signature: JsonValue | undefined
  isThought: boolean
  input: string
  /** A block that one piece says whole. */
  only: JsonObject | undefined
}

const parse = (text: string): JsonValue => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Content blocks of a whole answer. */
export class WholeSink implements BlockSink<BlockStart> {
  readonly #blocks: Gathered[] = []

  begin(start: JsonObject = {}): void {
    this.#blocks.push({
      start,
      texts: [],
      thoughts: [],
      citations: [],
      signature: undefined,
      isThought: false,
      input: '',
      only: undefined,
    })
  }

  add(delta: JsonObject): void {
    const block = this.#blocks.at(-1)
    if (!block) return
    const { text, citation, reasoningContent: thinking, toolUse } = delta
    if (typeof text === 'string') block.texts.push(text)
    else if (isObject(citation)) block.citations.push(citation)
    else if (isObject(thinking)) think(thinking, block)
    else if (isObject(toolUse)) block.input += toolUse.input
    else block.only = wholeOf(delta, block.start)
  }

  end(): void {}

  /** The blocks. `cut`: the answer reached a limit, and the input of a tool may have no end; it is then empty. */
  content(cut: boolean): JsonObject[] {
    return this.#blocks.map((block) => {
      if (isObject(block.start.toolUse)) return { toolUse: { ...block.start.toolUse, input: inputOf(block, cut) } }
      if (block.only) return block.only
      if (block.isThought) return thoughtOf(block)
      const text = block.texts.join('')
      if (block.citations.length === 0) return { text }
      return { citationsContent: { content: text === '' ? [] : [{ text }], citations: block.citations } }
    })
  }
}

const think = (thinking: JsonObject, block: Gathered): void => {
  block.isThought = true
  if (typeof thinking.text === 'string') block.thoughts.push(thinking.text)
  else if (thinking.signature !== undefined) block.signature = thinking.signature
  else block.only = { reasoningContent: thinking }
}

const thoughtOf = ({ thoughts, signature }: Gathered): JsonObject => ({
  reasoningContent: { reasoningText: { text: thoughts.join(''), signature } },
})

/** What was told in a beginning and one delta, as one block. */
const wholeOf = (delta: JsonObject, start: JsonObject): JsonObject => {
  if (isObject(start.image) && isObject(delta.image)) return { image: { ...start.image, ...delta.image } }
  if (isObject(start.toolResult)) return { toolResult: { ...start.toolResult, content: delta.toolResult } }
  return delta
}

const inputOf = ({ input: text, start }: Gathered, cut: boolean): JsonValue => {
  if (text === '') return {}
  const input = parse(text)
  if (isObject(input)) return input
  // What the provider's own tools were asked is nothing that anybody must be able to run.
  const isServed = isObject(start.toolUse) && start.toolUse.type !== undefined
  if (!cut && !isServed) throw garbled('the input of a tool call is no JSON object')
  return isServed ? (input ?? text) : {}
}
