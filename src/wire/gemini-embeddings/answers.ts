import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { inputTokens, isCount, noUsage, type Usage } from '../../core/usage.ts'
import { isVector, numbersOf, type Vector } from '../../core/vector.ts'
import type { Writer } from '../wire.ts'

const malformed = (what: string): GatewayError =>
  new GatewayError('upstream_garbled', `The upstream's vectors cannot be read: ${what}.`, { outcome: 'malformed' })

const parse = (bytes: Uint8Array): JsonObject => {
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch {
    throw malformed('they are not JSON')
  }
  if (!isObject(body)) throw malformed('they are not in an object')
  return body
}

const vectorIn = (holder: JsonValue | undefined): Vector => {
  if (!isObject(holder) || typeof holder.values === 'string' || !isVector(holder.values))
    throw malformed('an entry has no numbers')
  return holder.values
}

/** Pictures and films have prices of their own, which usage cannot say: what they cost is not known. */
const usageOf = (given: JsonValue | undefined): Usage | undefined => {
  if (!isObject(given) || !isCount(given.promptTokenCount)) return undefined
  const details: readonly JsonValue[] = Array.isArray(given.promptTokensDetails) ? given.promptTokensDetails : []
  let audioInput = 0
  for (const detail of details) {
    if (!isObject(detail) || !isCount(detail.tokenCount)) continue
    if (detail.modality === 'AUDIO') audioInput += detail.tokenCount
    else if (detail.modality !== 'TEXT' && detail.tokenCount > 0) return undefined
  }
  const sound = Math.min(given.promptTokenCount, audioInput)
  return { ...noUsage, input: given.promptTokenCount - sound, audioInput: sound }
}

/** Reads the answer to one thing (`embedding`) or to several (`embeddings`). */
export const answerReader =
  (form: 'one' | 'several', failureIn: (body: JsonObject) => GatewayError | undefined): Reader =>
  (bytes) => {
    const body = parse(bytes)
    const failure = failureIn(body)
    if (failure) return [{ kind: 'failure', error: failure }]
    const holders: JsonValue | undefined = form === 'one' ? [body.embedding ?? null] : body.embeddings
    if (!Array.isArray(holders) || holders.length === 0) throw malformed('there are none')
    const deltas: Delta[] = [
      { kind: 'start', id: '', model: '' },
      ...holders.map((holder: JsonValue, index): Delta => ({ kind: 'vector', index, vector: vectorIn(holder) })),
    ]
    const usage = usageOf(body.usageMetadata)
    if (usage) deltas.push({ kind: 'usage', usage })
    return deltas
  }

/** Writes the answer to one thing or to several, in the order of the inputs. */
export class AnswerWriter implements Writer {
  readonly #request: Request
  readonly #form: 'one' | 'several'
  readonly #vectors: (Vector | undefined)[] = []
  #usage: Usage | undefined

  constructor(request: Request, form: 'one' | 'several') {
    this.#request = request
    this.#form = form
  }

  write(delta: Delta): string {
    if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'vector') this.#vectors[delta.index] = delta.vector
    else if (delta.kind === 'failure') throw delta.error
    return ''
  }

  end(): string {
    const vectors = this.#vectors.filter((vector) => vector !== undefined)
    if (vectors.length !== (this.#request.embed?.inputs.length ?? this.#vectors.length)) {
      throw new GatewayError('upstream_garbled', 'The upstream did not answer with a vector for each input.', {
        outcome: 'malformed',
      })
    }
    const embeddings = vectors.map((vector) => ({ values: numbersOf(vector) }))
    const tokens = this.#usage && inputTokens(this.#usage)
    const usageMetadata = tokens === undefined ? undefined : { promptTokenCount: tokens, totalTokenCount: tokens }
    return JSON.stringify(
      this.#form === 'one' ? { embedding: embeddings[0], usageMetadata } : { embeddings, usageMetadata },
    )
  }
}
