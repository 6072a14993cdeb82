import type { JsonObject, JsonValue } from '../../core/json.ts'

/** A block without neutral words, put together from its beginning and its deltas. */
export class OpaqueBlock {
  readonly #block: Record<string, JsonValue | undefined>
  #input: string | undefined

  constructor(beginning: JsonObject) {
    this.#block = { ...beginning }
  }

  add(delta: JsonObject): void {
    if (typeof delta.partial_json === 'string') {
      this.#input = (this.#input ?? '') + delta.partial_json
      return
    }
    for (const key in delta) if (key !== 'type') this.#block[key] = joined(this.#block[key], delta[key])
  }

  /** The block as a whole message would have it. */
  whole(): JsonObject {
    if (this.#input === undefined || this.#input === '') return this.#block
    try {
      this.#block.input = JSON.parse(this.#input)
    } catch {
      // Input that was cut stays as far as it came: nobody but its own language reads it.
      this.#block.input = this.#input
    }
    return this.#block
  }
}

/** Texts and lists go on; anything else is replaced. */
const joined = (before: JsonValue | undefined, now: JsonValue | undefined): JsonValue | undefined => {
  if (typeof before === 'string' && typeof now === 'string') return before + now
  return Array.isArray(before) && Array.isArray(now) ? [...before, ...now] : now
}
