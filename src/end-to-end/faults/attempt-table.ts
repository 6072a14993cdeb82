import type { ErrorCode } from '../../core/errors.ts'
import type { Outcome } from '../../core/outcome.ts'
import {
  anthropicError,
  anthropicErrorEvent,
  hangUp,
  openaiError,
  openaiErrorEvent,
  openaiText,
  redirect,
  type Step,
} from '../../testing/index.ts'

/** Words that an upstream says of us, and that no caller may read. */
export const confidential = 'org-CONFIDENTIAL'

/** What an upstream does, and what must follow. */
export interface Row {
  readonly name: string
  /** `refused`: nobody listens there; a function: what depends on whether a stream is asked for, or on another server. */
  readonly upstream: Step | 'refused' | ((stream: boolean, elsewhere: string) => Step)
  readonly language?: 'anthropic'
  readonly outcome: Outcome
  /** Requests to the first target when a healthy second one follows. */
  readonly before: number
  /** Does the second target answer then? */
  readonly next: boolean
  /** Requests to the target when it is the only one. */
  readonly alone: number
  readonly status: number
  readonly code: ErrorCode
  /** Least time between the first two requests when the target is the only one. */
  readonly waitMs?: number
  /** The answer must hold these words of the provider. */
  readonly says?: string
  readonly only?: 'stream' | 'whole'
}

const [again, once] = [
  { before: 2, next: true, alone: 2 },
  { before: 1, next: true, alone: 1 },
]
const stops = { before: 1, next: false, alone: 1 }
const waits = { before: 1, next: true, alone: 2 }

const rejected = { ...stops, outcome: 'caller', status: 400, code: 'upstream_rejected' } as const
const refused = { ...once, outcome: 'auth', status: 502, code: 'upstream_auth' } as const
const unpaid = { ...refused, outcome: 'quota' } as const
const failed = { ...again, outcome: 'server', status: 502, code: 'upstream_failed' } as const
const overloaded = { ...failed, status: 503, code: 'upstream_overloaded' } as const
const locked = { ...failed, outcome: 'lock' } as const
const throttled = { ...waits, outcome: 'throttled', status: 429, code: 'upstream_throttled' } as const
const garbled = { ...again, outcome: 'malformed', status: 502, code: 'upstream_garbled' } as const
const lost = { ...again, outcome: 'ambiguous', status: 502, code: 'upstream_unreachable' } as const

const says = (status: number, headers: Record<string, string> = {}, words = 'It went wrong.'): Step =>
  openaiError(status, null, words, headers)
const limit = (headers: Record<string, string>): Step =>
  openaiError(429, 'rate_limit_exceeded', 'Rate limit reached for gpt-5 in organization x.', headers)
const secret = (status: number, code: string): Step => openaiError(status, code, `Not for ${confidential}.`)
const dateIn = (ms: number): string => new Date(Date.now() + ms).toUTCString()
const answer = (stream: boolean): Step => openaiText('A word or two.', { stream })
const rawHead = (stream: boolean): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${stream ? 'text/event-stream' : 'application/json'}\r\n`

/** Statuses and headers. */
const answered: readonly Row[] = [
  { name: '400', upstream: says(400), ...rejected, says: 'It went wrong.' },
  { name: '401', upstream: secret(401, 'invalid_api_key'), ...refused },
  { name: '402', upstream: secret(402, 'payment_required'), ...unpaid },
  { name: '403', upstream: secret(403, 'unsupported_country'), ...refused },
  {
    name: '404',
    upstream: secret(404, 'model_not_found'),
    ...once,
    outcome: 'not_found',
    status: 404,
    code: 'unknown_model',
  },
  { name: '408', upstream: says(408), ...locked },
  { name: '409', upstream: says(409), ...rejected },
  { name: '409 that asks for another try', upstream: says(409, { 'x-should-retry': 'true' }), ...locked },
  { name: '413', upstream: says(413), ...stops, outcome: 'too_large', status: 413, code: 'too_large' },
  { name: '422', upstream: says(422), ...rejected },
  { name: '425', upstream: says(425), ...locked },
  { name: '429 without a word', upstream: limit({}), ...throttled },
  { name: '429, retry-after 0', upstream: limit({ 'retry-after': '0' }), ...throttled },
  { name: '429, retry-after 1', upstream: limit({ 'retry-after': '1' }), ...throttled, waitMs: 1_000 },
  { name: '429, retry-after 3600', upstream: limit({ 'retry-after': '3600' }), ...throttled, alone: 1 },
  {
    name: '429, retry-after as a date',
    upstream: () => limit({ 'retry-after': dateIn(2_000) }),
    ...throttled,
    waitMs: 900,
  },
  {
    name: '429, a date an hour ahead',
    upstream: () => limit({ 'retry-after': dateIn(3_600_000) }),
    ...throttled,
    alone: 1,
  },
  { name: '429, a date of the past', upstream: () => limit({ 'retry-after': dateIn(-60_000) }), ...throttled },
  { name: '429, retry-after-ms', upstream: limit({ 'retry-after-ms': '300' }), ...throttled, waitMs: 300 },
  { name: '429, garbage', upstream: limit({ 'retry-after': 'soon' }), ...throttled },
  { name: '429, negative', upstream: limit({ 'retry-after': '-5' }), ...throttled },
  { name: '429 insufficient_quota', upstream: secret(429, 'insufficient_quota'), ...unpaid },
  { name: '500', upstream: says(500), ...failed },
  {
    name: '500, not to be tried again',
    upstream: says(500, { 'x-should-retry': 'false' }),
    ...failed,
    before: 1,
    alone: 1,
  },
  { name: '502', upstream: says(502), ...failed },
  { name: '503', upstream: says(503), ...overloaded },
  {
    name: '503, retry-after 1',
    upstream: says(503, { 'retry-after': '1' }),
    ...overloaded,
    ...waits,
    outcome: 'throttled',
    waitMs: 1_000,
  },
  {
    name: '503, retry-after 3600',
    upstream: says(503, { 'retry-after': '3600' }),
    ...overloaded,
    ...once,
    outcome: 'throttled',
  },
  { name: '504', upstream: says(504), ...failed },
  { name: '520', upstream: says(520), ...failed },
  { name: '529', upstream: says(529), ...overloaded },
  { name: '529, retry-after 1', upstream: says(529, { 'retry-after': '1' }), ...overloaded, ...waits, waitMs: 1_000 },
  { name: '529, retry-after 3600', upstream: says(529, { 'retry-after': '3600' }), ...overloaded, ...once },
  {
    name: 'too long a prompt',
    upstream: openaiError(400, 'context_length_exceeded', 'Too long.'),
    ...rejected,
    outcome: 'context',
    says: 'Too long.',
  },
  {
    name: 'content filter',
    upstream: openaiError(400, 'content_filter', 'Filtered.'),
    ...rejected,
    outcome: 'policy',
    says: 'Filtered.',
  },
]

/** Answers that are none, and connections that break. */
const broken: readonly Row[] = [
  {
    name: 'a page with 200',
    upstream: { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
    ...garbled,
  },
  { name: 'broken JSON with 200', upstream: { body: '{"id": "chatcmpl-1", "choices": [' }, ...garbled },
  { name: 'JSON of another kind with 200', upstream: { body: '{"hello": "world"}' }, ...garbled },
  { name: '200 without a body', upstream: { body: '' }, ...garbled },
  { name: '204', upstream: { status: 204, framing: 'close' }, ...garbled },
  {
    name: 'a page with 502',
    upstream: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>nginx</html>' },
    ...failed,
  },
  ...([301, 302, 303, 307, 308] as const).map(
    (status): Row => ({
      name: `redirect ${status}`,
      upstream: (_, elsewhere) => redirect(status, elsewhere),
      ...failed,
    }),
  ),
  { name: 'a compressed answer', upstream: (stream) => ({ ...answer(stream), gzip: true }), ...garbled },
  { name: 'a compressed refusal', upstream: { ...secret(401, 'invalid_api_key'), gzip: true }, ...refused },
  { name: 'a length that is too large', upstream: { body: '{"choices": []}', contentLength: 900 }, ...lost },
  { name: 'a length that is too small', upstream: { ...answer(false), contentLength: 40 }, ...garbled },
  {
    name: 'chunks of no size',
    upstream: (stream) => ({ raw: `${rawHead(stream)}transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n` }),
    ...garbled,
  },
  { name: 'no HTTP at all', upstream: { raw: 'SSH-2.0-OpenSSH_9.2\r\n' }, ...garbled },
  { name: 'nobody listens', upstream: 'refused', ...lost, outcome: 'not_sent' },
  { name: 'reset before the head', upstream: hangUp('reset'), ...lost },
  { name: 'closed before the head', upstream: hangUp('end'), ...lost },
  { name: 'reset in the head', upstream: { raw: 'HTTP/1.1 200 OK\r\ncontent-type: appl' }, ...lost },
]

const role =
  'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n'
const begins = (...events: string[]): Step => ({ events })

/** Failures told inside an answer, before its first word. */
const inside: readonly Row[] = [
  {
    name: 'error as first event',
    upstream: begins(openaiErrorEvent('server_error', 'Sorry.')),
    ...failed,
    only: 'stream',
  },
  {
    name: 'error after the role',
    upstream: begins(role, openaiErrorEvent('rate_limit_exceeded', 'Slow down.')),
    ...throttled,
    only: 'stream',
  },
  { name: 'error in a whole body', upstream: { body: '{"error": {"message": "Sorry.", "code": 503}}' }, ...overloaded },
  { name: 'the end before the first word', upstream: begins(role), ...garbled, outcome: 'ambiguous', only: 'stream' },
  {
    name: 'the end mark before the first word',
    upstream: begins(role, 'data: [DONE]\n\n'),
    ...garbled,
    outcome: 'ambiguous',
    only: 'stream',
  },
  { name: 'an empty stream', upstream: { events: [] }, ...garbled, outcome: 'ambiguous', only: 'stream' },
  { name: 'an event that is no JSON', upstream: begins(role, 'data: {"choices": [\n\n'), ...garbled, only: 'stream' },
]

const claude = { language: 'anthropic' } as const
const prompt = 'prompt is too long: 250000 tokens > 200000 maximum'
const balance = `Your credit balance is too low. ${confidential}`

/** The same in Anthropic's language. */
const anthropics: readonly Row[] = [
  {
    name: '400',
    upstream: anthropicError(400, 'invalid_request_error', 'max_tokens: too small'),
    ...claude,
    ...rejected,
    says: 'max_tokens',
  },
  {
    name: 'too long a prompt',
    upstream: anthropicError(400, 'invalid_request_error', prompt),
    ...claude,
    ...rejected,
    outcome: 'context',
    says: prompt,
  },
  { name: 'no credit', upstream: anthropicError(400, 'invalid_request_error', balance), ...claude, ...unpaid },
  {
    name: '401',
    upstream: anthropicError(401, 'authentication_error', `invalid x-api-key ${confidential}`),
    ...claude,
    ...refused,
  },
  { name: '403', upstream: anthropicError(403, 'permission_error', confidential), ...claude, ...refused },
  {
    name: '404',
    upstream: anthropicError(404, 'not_found_error', 'model: claude-9'),
    ...claude,
    ...once,
    outcome: 'not_found',
    status: 404,
    code: 'unknown_model',
  },
  {
    name: '413',
    upstream: anthropicError(413, 'request_too_large', 'Too large'),
    ...claude,
    ...stops,
    outcome: 'too_large',
    status: 413,
    code: 'too_large',
  },
  {
    name: '429, retry-after 1',
    upstream: anthropicError(429, 'rate_limit_error', 'Wait', { 'retry-after': '1' }),
    ...claude,
    ...throttled,
    waitMs: 1_000,
  },
  { name: '500', upstream: anthropicError(500, 'api_error', 'Internal server error'), ...claude, ...failed },
  { name: '529', upstream: anthropicError(529, 'overloaded_error', 'Overloaded'), ...claude, ...overloaded },
  {
    name: 'error as first event',
    upstream: { events: [anthropicErrorEvent('overloaded_error', 'Overloaded')] },
    ...claude,
    ...overloaded,
    only: 'stream',
  },
  { name: 'broken JSON with 200', upstream: { body: '{"type": "message"' }, ...claude, ...garbled },
]

/** Every way in which an attempt fails before its first word, with what the rules say about it. */
export const attemptTable: readonly Row[] = [...answered, ...broken, ...inside, ...anthropics]
