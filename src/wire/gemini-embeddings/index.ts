import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Wire } from '../wire.ts'
import { AnswerWriter, answerReader } from './answers.ts'
import { requestReader } from './read-request.ts'
import { requestWriter } from './write-request.ts'

/** What this language has in common with the one in which Google's models are talked to. */
export interface GoogleWords
  extends Omit<Wire, 'name' | 'readRequest' | 'writeRequest' | 'reader' | 'writer' | 'counting' | 'matters'> {
  /** The error that a body with a status of success tells; undefined when it tells none. */
  failureIn(body: JsonObject): GatewayError | undefined
}

const vectorWire = (name: string, form: 'one' | 'several', { failureIn, ...words }: GoogleWords): Wire => ({
  ...words,
  name,
  readRequest: requestReader(name, form),
  writeRequest: requestWriter(name, form),
  reader: () => answerReader(form, failureIn),
  writer: (_form, request) => new AnswerWriter(request, form),
  matters: () => true,
})

/** Google's language of vectors for one thing at a time: `embedContent`. Its answers are whole. */
export const embedContentWire = (words: GoogleWords): Wire => vectorWire('gemini-embed-content', 'one', words)

/** The same for several things at once: `batchEmbedContents`. */
export const batchEmbedContentsWire = (words: GoogleWords): Wire =>
  vectorWire('gemini-batch-embed-contents', 'several', words)
