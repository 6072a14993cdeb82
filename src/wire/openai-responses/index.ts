import { usualLimitHeaders } from '../limit-headers.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { readError, writeError } from './errors.ts'
import { eventsReader } from './events.ts'
import { matters } from './matters.ts'
import { wireName } from './name.ts'
import { readRequest } from './request.ts'
import { wholeReader } from './whole.ts'
import { writeRequest } from './write-request.ts'
import { writer } from './writer.ts'

/** OpenAI's Responses, as OpenAI and the providers that took it over speak it. */
export const openaiResponses: Wire = {
  name: wireName,
  framing: sse,
  keepAlive: ': keep-alive\n\n',
  passedHeaders: ['openai-beta'],
  idHeader: 'x-request-id',
  limitHeaders: usualLimitHeaders,
  readRequest,
  writeRequest,
  reader: (form) => (form === 'events' ? eventsReader() : wholeReader()),
  writer,
  readError,
  writeError,
  matters,
}
