import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** A block without neutral words, put together from its beginning and its deltas: a tool that the provider ran, and its result. */
export class ServedBlock {
  readonly #member: string
  readonly #fields: Record<string, JsonValue | undefined>
  #input = ''

  constructor(member: string, beginning: JsonObject) {
    this.#member = member
    this.#fields = member === 'toolResult' ? { content: [], ...beginning } : { ...beginning }
  }

  add(value: JsonValue | undefined): void {
    if (Array.isArray(value)) {
      const { content } = this.#fields
      this.#fields.content = [...(Array.isArray(content) ? content : []), ...value]
    } else if (isObject(value) && typeof value.input === 'string') this.#input += value.input
  }

  /** The block as a whole answer would have it. */
  whole(): JsonObject {
    if (this.#member === 'toolUse') this.#fields.input = parsed(this.#input)
    return { [this.#member]: this.#fields }
  }
}

/** Input that was cut stays as far as it came: nobody but its own language reads it. */
const parsed = (input: string): JsonValue => {
  try {
    return input === '' ? {} : JSON.parse(input)
  } catch {
    return input
  }
}
