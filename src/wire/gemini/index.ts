import { isObject } from '../../core/json.ts'
import { isCount } from '../../core/usage.ts'
import { usualLimitHeaders } from '../limit-headers.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { readError } from './errors.ts'
import { wireName } from './name.ts'
import { readRequest } from './read-request.ts'
import { reader } from './reader.ts'
import { writeError } from './write-error.ts'
import { writeRequest } from './write-request.ts'
import { writer } from './writer.ts'

/** Nearly every piece of an answer tells the usage so far; one that is cut off still has its last word of it. */
const marks = /"usageMetadata"|"finishReason"|"functionCall"|"promptFeedback"|"error"/

/** Google's Gemini API: `generateContent`, `streamGenerateContent` as server-sent events, and `countTokens`. */
export const gemini: Wire = {
  name: wireName,
  framing: sse,
  keepAlive: ': keep-alive\n\n',
  passedHeaders: [],
  idHeader: 'x-request-id',
  limitHeaders: usualLimitHeaders,
  readRequest,
  writeRequest,
  reader,
  writer,
  counting: {
    read: (body) => (isObject(body) && isCount(body.totalTokens) ? body.totalTokens : undefined),
    write: (tokens) => JSON.stringify({ totalTokens: tokens }),
  },
  readError,
  writeError,
  matters: (bytes) => marks.test(bytes.toString('latin1')),
}
