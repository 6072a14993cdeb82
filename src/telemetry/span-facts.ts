import { type AttemptLine, wasSent } from '../core/call.ts'
import { usdFromNanos } from '../core/money.ts'
import type { CallRecord } from '../core/record.ts'
import type { Operation } from '../core/request.ts'
import type { TraceContext } from '../core/trace.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { contentOf } from './span-content.ts'

export type SpanValue = string | number | boolean | readonly string[]

/** A span before anybody writes it. */
export interface SpanFacts {
  readonly name: string
  /** `server`: a call of somebody; `client`: an attempt at a provider; `internal`: what the gateway asked for itself. */
  readonly kind: 'server' | 'client' | 'internal'
  /** Unix milliseconds. */
  readonly startMs: number
  readonly endMs: number
  /** Names and values; what is unknown is not among them. */
  readonly attributes: Readonly<Record<string, SpanValue>>
  /** Undefined: it did not fail. */
  readonly failure: string | undefined
  readonly children: readonly SpanFacts[]
}

export interface SpanWords {
  /** What every text passes before it leaves the gateway. */
  redact(text: string): string
  /** What a conversation passes, where spans carry it: secrets are taken out of a text of any length. */
  mask(text: string): string
  /** `gen_ai.provider.name` of a configured provider. */
  providerName(provider: string): string
}

/** The span of a call with those of its attempts: a view of its record, and of the conversation only what it holds of that. */
export const spansOf = (
  record: CallRecord,
  words: SpanWords,
): SpanFacts & { readonly trace: TraceContext | undefined } => {
  const { redact } = words
  const operation = operationName(record.operation)
  const { purpose } = record.notes
  return {
    trace: record.trace,
    name: redact(`${operation} ${record.model}`),
    kind: purpose === undefined ? 'server' : 'internal',
    startMs: record.startedAt,
    endMs: record.startedAt + record.durationMs,
    attributes: {
      ...(record.notes.said && contentOf(record.notes.said, words.mask)),
      ...known(
        {
          'gen_ai.operation.name': operation,
          'gen_ai.provider.name':
            record.target === undefined ? undefined : words.providerName(providerIn(record.target)),
          'gen_ai.request.model': record.asked,
          'gen_ai.response.model': record.target === undefined ? undefined : modelIn(record.target),
          ...shared(record),
          'error.type': record.error,
          ...own(record),
        },
        redact,
      ),
    },
    failure: record.outcome === 'error' ? record.error : undefined,
    children: record.attempts.map((line) => attemptSpan(line, record, words)),
  }
}

const operationNames: Readonly<Partial<Record<Operation, string>>> = { embed: 'embeddings' }

const operationName = (operation: Operation): string => operationNames[operation] ?? operation

const providerIn = (target: string): string => target.slice(0, Math.max(0, target.indexOf('/')))
const modelIn = (target: string): string => target.slice(target.indexOf('/') + 1)

type Given = Readonly<Record<string, SpanValue | undefined>>

/** What the conventions say of a whole call, and of the attempt that answered it alike. */
const shared = ({ stream, caller, finishes }: CallRecord): Given => ({
  'gen_ai.request.stream': stream || undefined,
  'gen_ai.conversation.id': caller.session,
  'gen_ai.response.finish_reasons': finishes.length === 0 ? undefined : finishes,
})

/** What only this gateway knows. */
const own = ({ id, caller, notes, model, costNanos, firstTokenMs, stream, wire }: CallRecord): Given => ({
  'gen_ai.response.time_to_first_chunk': stream && firstTokenMs !== undefined ? firstTokenMs / 1_000 : undefined,
  'tollgate.call.id': id,
  'tollgate.model': model,
  'tollgate.wire': wire,
  'tollgate.key': caller.key,
  'tollgate.team': caller.team,
  'tollgate.org': caller.org,
  'tollgate.purpose': notes.purpose,
  'tollgate.parent.id': notes.parent,
  'tollgate.cache': notes.cache?.outcome,
  'tollgate.hedge': notes.hedge,
  'tollgate.output': notes.output && (notes.output.rung ?? 'invalid'),
  'tollgate.idempotency': notes.idempotency,
  'tollgate.skipped': notes.skipped?.map(({ target, reason }) => `${target}: ${reason}`),
  'tollgate.cost.usd': costNanos === undefined ? undefined : Number(usdFromNanos(costNanos)),
})

const attemptSpan = (line: AttemptLine, record: CallRecord, { redact, providerName }: SpanWords): SpanFacts => {
  const isLast = line === record.attempts.at(-1)
  const answered = isLast && record.target === line.target
  const operation = operationName(record.operation)
  const outcome = line.outcome ?? 'unfinished'
  const isWell = outcome === 'ok' || outcome === 'cancelled' || outcome === 'unfinished'
  const model = modelIn(line.target)
  return {
    name: redact(`${operation} ${model}`),
    kind: 'client',
    startMs: record.startedAt + line.started - record.started,
    endMs: record.startedAt + (line.ended ?? record.started + record.durationMs) - record.started,
    attributes: known(
      {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': providerName(providerIn(line.target)),
        'gen_ai.request.model': model,
        ...(answered && shared(record)),
        'gen_ai.response.time_to_first_chunk': answered ? firstChunkSeconds(line, record) : undefined,
        ...usageOf(line),
        'http.response.status_code': line.status,
        'error.type': outcome === 'ok' ? undefined : (line.error ?? outcome),
        'tollgate.target': line.target,
        'tollgate.attempt': line.ordinal,
        'tollgate.outcome': outcome,
        'tollgate.sent': wasSent(line),
        'tollgate.hedge.attempt': line.hedge,
        'tollgate.queue.seconds': line.queuedMs === undefined ? undefined : line.queuedMs / 1_000,
        'tollgate.cost.usd': line.costNanos === undefined ? undefined : Number(usdFromNanos(line.costNanos)),
      },
      redact,
    ),
    failure: isWell ? undefined : (line.error ?? outcome),
    children: [],
  }
}

const firstChunkSeconds = ({ started }: AttemptLine, { stream, notes: { firstTokenAt } }: CallRecord) =>
  stream && firstTokenAt !== undefined && firstTokenAt >= started ? (firstTokenAt - started) / 1_000 : undefined

/** Nothing of an attempt that used nothing. The parts are within the sums, as the conventions have it. */
const usageOf = ({ usage }: AttemptLine): Given => {
  if (usage === undefined || inputTokens(usage) + outputTokens(usage) === 0) return {}
  const written = usage.cacheWriteShort + usage.cacheWriteLong
  return {
    'gen_ai.usage.input_tokens': inputTokens(usage),
    'gen_ai.usage.output_tokens': outputTokens(usage),
    'gen_ai.usage.cache_read.input_tokens': usage.cacheRead || undefined,
    'gen_ai.usage.cache_write.input_tokens': written || undefined,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoning || undefined,
    'tollgate.usage.source': usage.source,
  }
}

const known = (given: Given, redact: (text: string) => string): Record<string, SpanValue> => {
  const attributes: Record<string, SpanValue> = {}
  for (const name in given) {
    const value = given[name]
    if (value === undefined) continue
    if (typeof value === 'string') attributes[name] = redact(value)
    else attributes[name] = Array.isArray(value) ? value.map((each: string) => redact(each)) : value
  }
  return attributes
}
