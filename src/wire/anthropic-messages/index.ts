import { isObject } from '../../core/json.ts'
import { isCount } from '../../core/usage.ts'
import { sse } from '../sse.ts'
import type { Wire } from '../wire.ts'
import { readError, writeError } from './errors.ts'
import { limitHeaders } from './limit-headers.ts'
import { matters } from './matters.ts'
import { wireName } from './name.ts'
import { readRequest } from './read-request.ts'
import { reader } from './reader.ts'
import { writeRequest } from './write-request.ts'
import { writer } from './writer.ts'

/** Anthropic's Messages API: `POST /v1/messages` and `/v1/messages/count_tokens`, version 2023-06-01. */
export const anthropicMessages: Wire = {
  name: wireName,
  framing: sse,
  keepAlive: 'event: ping\ndata: {"type": "ping"}\n\n',
  // Features that are not in the language yet are switched on by name.
  passedHeaders: ['anthropic-beta'],
  idHeader: 'request-id',
  limitHeaders,
  readRequest,
  writeRequest,
  reader,
  writer,
  counting: {
    read: (body) => (isObject(body) && isCount(body.input_tokens) ? body.input_tokens : undefined),
    write: (tokens) => JSON.stringify({ input_tokens: tokens }),
  },
  readError,
  writeError,
  matters,
}
