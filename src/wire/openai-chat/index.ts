import { usualLimitHeaders } from '../limit-headers.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { readError, writeError } from './errors.ts'
import { eventsReader } from './events.ts'
import { matters } from './matters.ts'
import { wireName } from './name.ts'
import { readRequest } from './request.ts'
import { wholeReader } from './whole.ts'
import { EventsWriter } from './write-events.ts'
import { writeRequest } from './write-request.ts'
import { WholeWriter } from './write-whole.ts'

/** OpenAI's Chat Completions, as OpenAI and the many providers that are compatible with it speak it. */
export const openaiChat: Wire = {
  name: wireName,
  framing: sse,
  keepAlive: ': keep-alive\n\n',
  passedHeaders: ['openai-beta'],
  idHeader: 'x-request-id',
  limitHeaders: usualLimitHeaders,
  readRequest,
  writeRequest,
  reader: (form) => (form === 'events' ? eventsReader() : wholeReader()),
  writer: (form, request) => (form === 'events' ? new EventsWriter(request) : new WholeWriter(request)),
  readError,
  writeError,
  matters,
}
