import type { Form } from '../../core/answer.ts'
import type { GatewayError } from '../../core/errors.ts'
import { classify } from '../openai/classify.ts'
import { errorWords } from '../openai/error-words.ts'
import { wordsOfBody } from '../openai/upstream-words.ts'

/** An upstream's error answer, with the class that decides what happens next. */
export const readError = (status: number, body: string): GatewayError => classify(status, wordsOfBody(body))

/** An error in OpenAI's form. */
export const writeError = (error: GatewayError, form: Form): string => {
  const body = JSON.stringify({ error: errorWords(error) })
  return form === 'whole' ? body : `data: ${body}\n\n`
}
