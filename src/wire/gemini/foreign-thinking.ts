import { openEnvelope } from '../../core/envelope.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const proofOf = (part: JsonObject): string | undefined => {
  const proof = part.thoughtSignature ?? part.thought_signature
  return typeof proof === 'string' && proof !== '' ? proof : undefined
}

const isForeign = (part: JsonObject): boolean => openEnvelope(proofOf(part) ?? '') !== undefined

const unsigned = ({ thoughtSignature: _one, thought_signature: _other, ...part }: JsonObject): JsonObject => part

/**
 * Takes thinking of other makers out of an answer, the last part first: a sealed proof counts for all the thinking right
 * before it.
 */
class Sieve {
  #dropping = false

  keeps(part: JsonValue): JsonValue | undefined {
    if (!isObject(part)) return part
    if (part.thought === true && (isForeign(part) || (this.#dropping && proofOf(part) === undefined))) {
      this.#dropping = true
      return undefined
    }
    this.#dropping = false
    return isForeign(part) ? unsigned(part) : part
  }
}

const withoutForeign = (contents: readonly JsonValue[]): JsonValue[] => {
  const kept: JsonValue[] = []
  let sieve = new Sieve()
  for (const content of contents.toReversed()) {
    if (!isObject(content) || content.role !== 'model' || !Array.isArray(content.parts)) {
      sieve = new Sieve()
      kept.push(content)
      continue
    }
    const parts: JsonValue[] = []
    for (const part of content.parts.toReversed() as readonly JsonValue[]) {
      const one = sieve.keeps(part)
      if (one !== undefined) parts.push(one)
    }
    if (parts.length > 0) kept.push({ ...content, parts: parts.reverse() })
  }
  return kept.reverse()
}

/** A body of the caller's own without thinking of other makers, which Google would refuse. */
export const cleaned = (body: JsonObject): JsonObject => {
  if (Array.isArray(body.contents)) return { ...body, contents: withoutForeign(body.contents) }
  for (const key of ['generateContentRequest', 'generate_content_request']) {
    const inner = body[key]
    if (isObject(inner)) return { ...body, [key]: cleaned(inner) }
  }
  return body
}
