import { isAscii, isUtf8 } from 'node:buffer'
import type { GatewayError } from './errors.ts'
import type { JsonObject } from './json.ts'
import { refusalAt } from './json-lexer.ts'
import { type JsonLimits, JsonScan } from './json-scan.ts'

export type { JsonLimits } from './json-scan.ts'

/** What a caller's body may be: 64 deep, 200,000 values and keys, no key twice in the outer three levels. */
export const defaultJsonLimits: JsonLimits = { depth: 64, tokens: 200_000, uniqueKeyDepth: 3 }

/**
 * The object in a caller's body. Refuses, before anything is built from it, what is hostile or means different things
 * to different parsers; keys that could reach a prototype are left out. Throws `invalid_request` with the byte offset,
 * never with the body's own words, save the name of a key that occurs twice.
 */
export const parseJson = (bytes: Buffer, limits: JsonLimits = defaultJsonLimits): JsonObject => {
  const isPlain = isAscii(bytes)
  if (!isPlain && !isUtf8(bytes)) throw notUtf8(bytes)
  const latin = bytes.toString('latin1')
  const scan = new JsonScan(bytes, latin, limits).run()
  const value = parsed(bytes, isPlain ? latin : bytes.toString('utf8'))
  if (scan.hasDangerousKey) dropDangerousKeys(value)
  return value
}

const parsed = (bytes: Buffer, text: string): JsonObject => {
  try {
    return JSON.parse(text)
  } catch {
    throw refusalAt('A string holds a raw control character', rawControl(bytes))
  }
}

/** Where the first control character inside a string is. */
const rawControl = (bytes: Buffer): number => {
  let inString = false
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number
    if (code === 0x22) inString = !inString
    else if (inString && code === 0x5c) at++
    else if (inString && code < 0x20) return at
  }
  return bytes.length
}

/** Halving finds the first byte that is not UTF-8: what a middle would cut in two belongs to the right half. */
const notUtf8 = (bytes: Buffer): GatewayError => {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 4) {
    let middle = valid + ((invalid - valid) >> 1)
    while (middle > valid && ((bytes[middle] as number) & 0xc0) === 0x80) middle--
    if (middle === valid) break
    if (isUtf8(bytes.subarray(valid, middle))) valid = middle
    else invalid = middle
  }
  for (let length = 1; length <= 4; length++) {
    if (!isUtf8(bytes.subarray(valid, valid + length))) continue
    valid += length
    length = 0
  }
  return refusalAt('The body is not valid UTF-8', valid)
}

/** The scan has bounded the depth, so this may recur. */
const dropDangerousKeys = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) {
    for (const key of ['__proto__', 'constructor', 'prototype'])
      if (Object.hasOwn(value, key)) Reflect.deleteProperty(value, key)
  }
  for (const inner of Object.values(value)) dropDangerousKeys(inner)
}
