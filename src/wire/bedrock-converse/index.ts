import { awsEvents, awsKeepAlive } from '../aws-events.ts'
import { usualLimitHeaders } from '../limit-headers.ts'
import type { Wire } from '../wire.ts'
import { counting } from './counting.ts'
import { errorHeaders, readError, writeError } from './errors.ts'
import { matters } from './matters.ts'
import { wireName } from './name.ts'
import { readRequest } from './read-request.ts'
import { reader } from './reader.ts'
import { writeRequest } from './write-request.ts'
import { writer } from './writer.ts'

/** Amazon Bedrock's Converse, version 2023-09-30: `POST /model/{modelId}/converse`, `…/converse-stream`, `…/count-tokens`. */
export const bedrockConverse: Wire = {
  name: wireName,
  framing: awsEvents,
  keepAlive: awsKeepAlive,
  passedHeaders: [],
  idHeader: 'x-amzn-requestid',
  limitHeaders: usualLimitHeaders,
  readRequest,
  writeRequest,
  reader,
  writer,
  counting,
  readError,
  writeError,
  errorHeaders,
  matters,
}
