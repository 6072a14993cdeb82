import { usualLimitHeaders } from '../limit-headers.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { readError, writeError } from './errors.ts'
import { wireName } from './name.ts'
import { readRequest } from './read-request.ts'
import { wholeReader } from './read-whole.ts'
import { writeRequest, writeWithoutEncoding } from './write-request.ts'
import { WholeWriter } from './write-whole.ts'

/** OpenAI's Embeddings, as OpenAI and the many providers that are compatible with it speak it. Its answers are whole. */
export const openaiEmbeddings: Wire = {
  name: wireName,
  framing: sse,
  keepAlive: ': keep-alive\n\n',
  passedHeaders: ['openai-beta'],
  idHeader: 'x-request-id',
  limitHeaders: usualLimitHeaders,
  readRequest,
  writeRequest,
  reader: wholeReader,
  writer: (_form, request) => new WholeWriter(request),
  readError,
  writeError,
  matters: () => true,
}

/**
 * The same as spoken by providers that answer in numbers alone. A language of its own, so that answers are written anew
 * for callers who want base64, as OpenAI's own clients do unless they are told otherwise.
 */
export const openaiEmbeddingsInNumbers: Wire = {
  ...openaiEmbeddings,
  name: `${wireName}-in-numbers`,
  writeRequest: writeWithoutEncoding,
}
