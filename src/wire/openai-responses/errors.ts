import type { Form } from '../../core/answer.ts'
import type { GatewayError } from '../../core/errors.ts'
import { classify } from '../openai/classify.ts'
import { errorWords } from '../openai/error-words.ts'
import { wordsOfBody } from '../openai/upstream-words.ts'
import { writeEvent } from '../sse.ts'

/** An upstream's error answer, with the class that decides what happens next. */
export const readError = (status: number, body: string): GatewayError => classify(status, wordsOfBody(body))

/**
 * An error in OpenAI's form. In a stream it stands twice: beside the type, as the documentation has it, and in `error`,
 * as the service sends it and its clients look for it.
 */
export const writeError = (error: GatewayError, form: Form): string => {
  const words = errorWords(error)
  if (form === 'whole') return JSON.stringify({ error: words })
  const { code, message, param } = words
  return writeEvent('error', { type: 'error', sequence_number: 0, code, message, param, error: words })
}
