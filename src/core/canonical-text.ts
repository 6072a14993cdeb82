import { hash } from 'node:crypto'
import type { JsonObject, JsonValue } from './json.ts'

/** Longer texts, as attachments are, stand by their hash, so that each is gone through once. */
const longest = 16_384

const isOrdered = (keys: readonly string[]): boolean => {
  for (let at = 1; at < keys.length; at++) if ((keys[at - 1] as string) > (keys[at] as string)) return false
  return true
}

const keysOf = (object: object): readonly string[] => {
  const keys = Object.keys(object)
  return isOrdered(keys) ? keys : keys.sort()
}

/**
 * A text that stands for values, in which no two different ones look alike: each part says where it ends, the keys of
 * objects are sorted, and those that hold nothing are left out, as JSON does.
 */
export class CanonicalText {
  #text = ''
  #digests: Map<string, string> | undefined

  string(text: string): void {
    if (text.length < longest) this.#text += `${text.length}:${text}`
    else this.#text += this.#digestOf(text)
  }

  /** Undefined stands for itself, where it has a place of its own. */
  value(value: JsonValue | undefined): void {
    if (typeof value === 'string') this.string(value)
    else if (typeof value === 'number') this.#text += `n${value};`
    else if (value === true) this.#text += 't'
    else if (value === false) this.#text += 'f'
    else if (value === undefined) this.#text += 'u'
    else if (value === null) this.#text += 'z'
    else if (Array.isArray(value)) this.list(value, this.value)
    else this.object(value as JsonObject, this.value)
  }

  list<Item>(items: readonly Item[], write: (this: CanonicalText, item: Item) => void): void {
    this.#text += 'l'
    for (const item of items) write.call(this, item)
    this.end()
  }

  object(object: JsonObject, write: (this: CanonicalText, value: JsonValue) => void): void {
    this.#text += 'd'
    for (const key of keysOf(object)) {
      const value = object[key]
      if (value === undefined) continue
      this.string(key)
      write.call(this, value)
    }
    this.end()
  }

  /** A JSON Schema. Models write properties in the order in which it has them, so that order is part of what it says. */
  schema(schema: JsonValue): void {
    if (Array.isArray(schema)) this.list(schema as readonly JsonValue[], this.schema)
    else if (typeof schema !== 'object' || schema === null) this.value(schema)
    else {
      this.#text += 'd'
      for (const key of keysOf(schema)) this.#keyword(key, (schema as JsonObject)[key])
      this.end()
    }
  }

  #keyword(key: string, value: JsonValue | undefined): void {
    if (value === undefined) return
    this.string(key)
    if (key !== 'properties' || typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.schema(value)
      return
    }
    this.#text += 'o'
    for (const name in value as JsonObject) {
      const inner = (value as JsonObject)[name]
      if (inner === undefined) continue
      this.string(name)
      this.schema(inner)
    }
    this.end()
  }

  /** The start of a list, which `end` ends. */
  begin(): void {
    this.#text += 'l'
  }

  /** The start of an object; each key is a string before its value. */
  beginObject(): void {
    this.#text += 'd'
  }

  end(): void {
    this.#text += 'e'
  }

  /** UTF-8 has no bytes for half a character: two texts that differ in one would look alike. */
  toString(): string {
    return this.#text.isWellFormed() ? this.#text : `i${JSON.stringify(this.#text)}`
  }

  #digestOf(text: string): string {
    const known = this.#digests?.get(text)
    if (known !== undefined) return known
    const digest = text.isWellFormed()
      ? `h${hash('sha256', text, 'base64url')}`
      : `i${hash('sha256', JSON.stringify(text), 'base64url')}`
    this.#digests ??= new Map()
    this.#digests.set(text, digest)
    return digest
  }
}
