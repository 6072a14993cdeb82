import { isObject, type JsonObject } from '../../core/json.ts'

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openings: ReadonlySet<number> = new Set([0x7b, 0x5b])
const closings: ReadonlySet<number> = new Set([0x7d, 0x5d])

/** A longer member is a picture or a text, never what is looked for. */
const longestMember = 64 * 1024

/**
 * Follows the bytes of a JSON object and gives those of its own members that are short, as they end: what a model wrote
 * deeper inside is never taken for them. Keeps no more than one member, however long the object is.
 */
export class Members {
  #depth = 0
  #inString = false
  #escaped = false
  #parts: Buffer[] = []
  #kept = 0
  /** Is the member that is being read too long to be kept? */
  #tooLong = false

  /** The members that end in these bytes. */
  push(bytes: Buffer): readonly JsonObject[] {
    const found: JsonObject[] = []
    let from = 0
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.#inString) this.#step(byte)
      else if (byte === quote) this.#inString = true
      else if (openings.has(byte)) {
        if (this.#depth++ === 0) from = at + 1
      } else if (byte === comma ? this.#depth === 1 : closings.has(byte) && --this.#depth === 0) {
        this.#keep(bytes.subarray(from, at))
        const member = this.#end()
        if (member) found.push(member)
        from = at + 1
      }
    }
    if (this.#depth > 0) this.#keep(bytes.subarray(from))
    return found
  }

  #step(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === backslash) this.#escaped = true
    else if (byte === quote) this.#inString = false
  }

  #keep(bytes: Buffer): void {
    this.#kept += bytes.length
    if (this.#kept > longestMember) {
      this.#tooLong = true
      this.#parts = []
    } else if (bytes.length > 0) this.#parts.push(bytes)
  }

  #end(): JsonObject | undefined {
    const text = Buffer.concat(this.#parts).toString('utf8')
    const isWanted = !this.#tooLong
    this.#parts = []
    this.#kept = 0
    this.#tooLong = false
    return isWanted ? objectIn(`{${text}}`) : undefined
  }
}

const objectIn = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
