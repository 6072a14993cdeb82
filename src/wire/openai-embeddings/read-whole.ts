import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { isVector } from '../../core/vector.ts'
import { failureOf } from '../openai/failure.ts'
import { readStatedCost } from '../openai/stated-cost.ts'

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

const vectorDelta = (item: JsonValue, place: number, all: readonly JsonValue[]): Delta => {
  if (!isObject(item)) throw malformed('an entry is no object')
  const index = item.index ?? place
  if (!isCount(index) || index >= all.length) throw malformed('an entry has an index that is none')
  if (!isVector(item.embedding)) throw malformed('an entry has no vector')
  return { kind: 'vector', index, vector: item.embedding }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Some providers tell the total alone: nothing is generated, so it is the same. */
const usageOf = (given: JsonValue | undefined): Usage | undefined => {
  if (!isObject(given)) return undefined
  const input = given.prompt_tokens ?? given.total_tokens
  if (!isCount(input)) return undefined
  const statedNanos = readStatedCost(given)
  return statedNanos === undefined ? { ...noUsage, input } : { ...noUsage, input, statedNanos }
}

/** An error that came with a status of success; `null` and what is empty is none. */
const failureIn = ({ error }: JsonObject): Delta | undefined => {
  if (isObject(error)) return { kind: 'failure', error: failureOf(error) }
  return typeof error === 'string' && error !== ''
    ? { kind: 'failure', error: failureOf({ message: error }) }
    : undefined
}

const readBody = (bytes: Uint8Array): Delta[] => {
  const body = parse(bytes)
  const failure = failureIn(body)
  if (failure) return [failure]
  const { data, model, id } = body
  if (!Array.isArray(data) || data.length === 0) throw malformed('there are none')
  const deltas: Delta[] = [
    { kind: 'start', id: typeof id === 'string' ? id : '', model: typeof model === 'string' ? model : '' },
    ...data.map(vectorDelta),
  ]
  const usage = usageOf(body.usage)
  if (usage) deltas.push({ kind: 'usage', usage })
  return deltas
}

/** Reads a list of embeddings. */
export const wholeReader = (): Reader => readBody
