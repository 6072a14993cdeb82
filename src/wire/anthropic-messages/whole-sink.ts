import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { BlockSink } from '../block-sequence.ts'
import { garbled } from '../garbled.ts'

type Block = Record<string, JsonValue | undefined>

const parse = (text: string): JsonValue => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Content blocks of a whole message. */
export class WholeSink implements BlockSink<JsonObject> {
  readonly #blocks: Block[] = []
  readonly #inputs = new Map<Block, string>()
  #block: Block = {}

  begin(block: JsonObject): void {
    this.#block = { ...block }
    this.#blocks.push(this.#block)
  }

  add(delta: JsonObject): void {
    const block = this.#block
    if (delta.type === 'text_delta') block.text = `${block.text}${delta.text}`
    else if (delta.type === 'thinking_delta') block.thinking = `${block.thinking}${delta.thinking}`
    else if (delta.type === 'signature_delta') block.signature = delta.signature
    else if (delta.type === 'input_json_delta') {
      this.#inputs.set(block, (this.#inputs.get(block) ?? '') + delta.partial_json)
    } else if (delta.type === 'citations_delta' && delta.citation !== undefined) {
      block.citations = [...((block.citations as readonly JsonValue[] | undefined) ?? []), delta.citation]
    }
  }

  end(): void {}

  /** The blocks. `cut`: the answer reached a limit, and the input of a tool may have no end; it is then left out. */
  content(cut: boolean): JsonObject[] {
    for (const [block, text] of this.#inputs) {
      const input = parse(text)
      if (isObject(input)) block.input = input
      else if (!cut) throw garbled('the input of a tool call is no JSON object')
    }
    return this.#blocks
  }
}
