import type { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { failureOf } from '../openai/failure.ts'

const errorIn = (chunk: JsonObject, isErrorEvent: boolean): JsonObject | undefined => {
  const { error } = chunk
  if (isObject(error)) return error
  if (typeof error === 'string') return { ...chunk, message: error }
  // Groq and older vLLM say it in their own places.
  if (isObject(chunk.x_groq) && typeof chunk.x_groq.error === 'string') return { message: chunk.x_groq.error }
  return isErrorEvent || chunk.object === 'error' ? chunk : undefined
}

/** The failure that an event or a body with status 200 tells; undefined when it tells none. */
export const readFailure = (chunk: JsonObject, isErrorEvent: boolean): GatewayError | undefined => {
  const error = errorIn(chunk, isErrorEvent)
  return error && failureOf(error)
}
