import { writeFile } from 'node:fs/promises'
import { type ErrorCode, errorTable, GatewayError } from '../src/core/errors.ts'
import { type Outcome, type OutcomeRow, outcomes } from '../src/core/outcome.ts'
import { errorHeaders } from '../src/error-headers.ts'
import { anthropicMessages } from '../src/wire/anthropic-messages/index.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'

/** Where the page lives. */
export const errorsPage = new URL('../docs/reference/errors.md', import.meta.url)

/** What each code means, and what to do. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  invalid_request:
    'The body, a header or a field cannot be read, or no target of the model can do what is asked. The message names the field; correct it.',
  unauthenticated:
    'No key, or one that is unknown, expired or revoked, or your own key for a provider was refused there. Send one that is good.',
  forbidden:
    'The key is not good for this door, the provider takes no keys of callers, this is shown to the machine itself only, or an open server was asked by another name than its own.',
  unknown_model:
    'The model is not served, is not open to this key, or is not known to its provider. `GET /v1/models` lists what is.',
  not_found: 'There is no such path. The message lists the doors.',
  method_not_allowed: 'The path exists, with another method. The message names it.',
  request_timeout: 'The request did not arrive in time.',
  too_large: 'The body is over `server.maxBodyBytes`, or over what the provider takes.',
  unsupported_media_type: 'The body must be `application/json`, in UTF-8, not compressed.',
  conflict: 'The name is taken, or what was to be changed was changed meanwhile. Only administrators meet it.',
  idempotency_conflict:
    'The same request is under way under this idempotency key, and took longer than this one could wait. Ask again with the same key when `retry-after` says so.',
  idempotency_mismatch:
    'Something else was asked under this idempotency key before. A key is good for one request; take a new one.',
  budget_exhausted:
    'A budget does not cover what this call may cost at most. The `tollgate` object names the budget, its scope, its limit, what was used, and when it resets. Asking again does not help; a smaller output limit may.',
  price_unknown:
    'The price of the model is unknown and a hard budget is in force. Give it one under `prices` in the configuration.',
  rate_limited:
    'A limit of the gateway itself: requests, tokens or calls at once. The `tollgate` object names the limit, its scope, what was used, and when more is free; `retry-after` says the same.',
  overloaded: 'The gateway holds as much as it may, or is stopping. Ask again shortly.',
  queue_full:
    'All places of the queue before the target are taken, or this key has its quarter of them. The `tollgate` object names the queue; `retry-after` tells how long the wait is.',
  queue_timeout:
    'The turn of this call in the queue before the target would come too late, or did not come in time. It was never sent; `retry-after` tells how long the wait is.',
  deadline_exceeded:
    'The time for the call is over: the limit of the model, of the header, of the library, or of the SDK. Whatever was under way was stopped.',
  cancelled: 'The caller went away; nobody reads this. It is recorded so that it is not taken for a failure.',
  upstream_rejected:
    "The provider understood and said no: a mistake of the request, a prompt that is too long, or its content policy. The provider's own words are passed on.",
  upstream_unreachable: 'The provider could not be reached, or closed the connection before its answer was complete.',
  upstream_failed: 'The provider answered with a failure of its own.',
  upstream_garbled: 'The provider sent what cannot be read, or its stream was cut.',
  output_invalid:
    'No model gave JSON that satisfies the format that was asked for, after asking again. The `tollgate` object names the places; make the schema simpler, or name a model under `output.fallback`, or an `output.default`.',
  upstream_throttled: "The provider's rate limit, at every target. Wait as long as the headers say.",
  upstream_overloaded: 'The provider says that it is overloaded.',
  upstream_timeout: 'The provider was not reached, did not begin, or fell silent within the time it is given.',
  upstream_auth:
    "The provider refuses the gateway's own key, or the account behind it has no credit. Whoever runs the gateway must look after it; the provider's words are not passed on.",
  store_unavailable:
    'The store that keeps budgets cannot be reached or written. Calls that a hard budget binds wait for it; ask again shortly.',
  no_target: 'No target of the model can be asked at present.',
  internal: 'The gateway failed. The cause is in its log, under the id of the call.',
}

/** What happened in an attempt of each class. */
const happenings: Readonly<Record<Outcome, string>> = {
  not_sent: 'Nothing reached the provider: DNS, refused, TLS, connect timeout.',
  ambiguous: 'Bytes were sent, then the connection died or went silent before an answer began.',
  server: 'The provider failed: 500, 502, 503, 504, 520 to 524, 529, or the same said inside a stream.',
  throttled: "The provider's rate limit: 429, or 503 with `retry-after`.",
  quota: 'Our account there has no credit left: 402, or 429 that says so.',
  auth: 'Our key is refused there: 401, 403.',
  not_found: 'The provider does not know this model: 404.',
  context: 'The prompt is longer than this model reads.',
  policy: "The provider's content policy refused.",
  too_large: 'The body is larger than this provider takes: 413.',
  incapable: 'The language or the model of the target cannot express what is asked. Nothing was sent.',
  caller: "The caller's own mistake, said by the provider: every other 4xx.",
  lock: 'The provider asks for another try: 408, 425, or `x-should-retry: true`.',
  cancelled: 'The caller went away, or its time is over.',
  malformed: 'A success that cannot be read.',
}

const again: Readonly<Record<OutcomeRow['same'], string>> = {
  no: 'no',
  yes: 'yes',
  replay_safe: 'if replaying is safe',
  after_wait: 'if no other is left, after the wait',
}

const next: Readonly<Record<OutcomeRow['next'], string>> = {
  no: 'no',
  yes: 'yes',
  replay_safe: 'if replaying is safe',
  context_chain: '`fallback.context` only',
  policy_chain: '`fallback.policy` only',
  larger: 'those that read more',
}

const blame: Readonly<Record<OutcomeRow['breaker'], string>> = { none: '', local: 'counts', external: 'counts' }

const credential: Readonly<Record<OutcomeRow['credential'], string>> = {
  keep: '',
  cool_down: 'target rests as long as it asked, else 5 s',
  cool_down_long: 'provider rests 15 min',
  unhealthy: 'provider rests 5 min',
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const code = (text: string): string => `\`${text}\``

const row = (name: ErrorCode): string[] => {
  const error = new GatewayError(name, '…')
  const openai = JSON.parse(openaiChat.writeError(error, 'whole')).error.type
  const anthropic = JSON.parse(anthropicMessages.writeError(error, 'whole')).error.type
  const retry = errorHeaders(error)['x-should-retry'] ?? ''
  const { status, fault } = errorTable[name]
  return [code(name), String(status), fault, retry, meanings[name], code(openai), code(anthropic)]
}

const outcomeRow = ([name, { same, next: following, breaker, credential: key }]: [string, OutcomeRow]): string[] => [
  code(name),
  happenings[name as Outcome],
  again[same],
  next[following],
  blame[breaker],
  credential[key],
]

const example = new GatewayError('upstream_throttled', "The provider's rate limit is reached.", {
  facts: { attempts: [{ target: 'openai/gpt-5-mini', outcome: 'throttled' }] },
})

const shown = (text: string): string => JSON.stringify(JSON.parse(text), null, 2)

const head = `# Errors

This page is written from \`src/core/errors.ts\` and \`src/core/outcome.ts\` by \`node scripts/errors-reference.ts\`; change
the tables, not the page.

A failure before the first word of an answer is an HTTP answer with a status. After the first word the status is out: the
failure is told inside the stream, in the caller's language, and the stream ends without its end mark, so that a cut answer
is never taken for a whole one. Never both, never neither.

The program code of a failure is at the same place for every language: \`tollgate.code\`, beside what the gateway tried.

OpenAI's form; inside a stream as \`data: …\`, after which no \`[DONE]\` comes:

\`\`\`json
${shown(openaiChat.writeError(example, 'whole'))}
\`\`\`

Anthropic's form; inside a stream as \`event: error\`, after which no \`message_stop\` comes:

\`\`\`json
${shown(anthropicMessages.writeError(example, 'whole'))}
\`\`\`

Headers of a failure: \`x-should-retry\` says whether asking the gateway again can help, which the SDKs of OpenAI and Anthropic
obey; \`retry-after\` and \`retry-after-ms\` say when, spread by a fifth so that callers do not return together, and never more
than 60 s. In the library the same failure is a \`GatewayError\` with \`code\`, \`status\`, \`message\` and \`details\`.`

/** The reference of all errors and of the classes that decide about retry and fallback, as the tables have them. */
export const errorsReference = (): string => {
  const codes = table(
    ['code', 'status', 'whose fault', 'x-should-retry', 'meaning', "OpenAI's type", "Anthropic's type"],
    (Object.keys(errorTable) as ErrorCode[]).map(row),
  )
  const classes = table(
    ['class', 'what happened', 'same target again', 'next target', 'breaker', 'rest'],
    Object.entries<OutcomeRow>(outcomes).map(outcomeRow),
  )
  return `${[
    head,
    `## Codes\n\n${codes}`,
    '## What an attempt came to\n\nEach attempt at a target ends in one of these classes, and the class alone decides what happens next; the number of\nattempts, the retry budget, the deadline and `x-tollgate-no-fallback` narrow it. They stand in the log line of a call, in\n`tollgate_attempts_total` and in `tollgate.attempts` of an error, where `ok` is an attempt that went well.',
    classes,
    'Replaying is safe for plain inference. It is not for what the provider keeps (`store: true`) or for tools that it runs\nitself and that act on something: those are sent again only when nothing was sent before.',
  ].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(errorsPage, errorsReference())
