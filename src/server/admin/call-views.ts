import { z } from '@hono/zod-openapi'
import type { CallBodies } from '../../core/call-bodies.ts'
import type { CallEntry, EntryAttempt } from '../../core/call-entry.ts'
import { usdFromNanos } from '../../core/money.ts'
import { inputTokens, outputTokens } from '../../core/usage.ts'
import { count, usdView } from './figure-views.ts'
import { momentView } from './observed.ts'

const text = z.string().nullable()

export const rowView = z
  .strictObject({
    id: z.string(),
    startedAt: momentView,
    durationMs: z.number(),
    firstTokenMs: z.number().nullable(),
    model: z.string().openapi({ description: 'The public model, or `unknown`.' }),
    target: text.openapi({ description: 'The one that answered.' }),
    outcome: z.enum(['ok', 'error', 'cancelled']),
    error: text,
    key: z.string(),
    team: text,
    endUser: text,
    stream: z.boolean(),
    wire: z.string(),
    operation: z.string(),
    purpose: text.openapi({ description: 'What the gateway asked it for itself; null: a caller asked.' }),
    attempts: count,
    inputTokens: count.nullable().openapi({ description: 'All that was read, from caches too; null: not known.' }),
    outputTokens: count.nullable(),
    costUsd: usdView.nullable().openapi({ description: 'Null: not known.' }),
    cache: text.openapi({ description: 'What memory had to do with it.' }),
    output: text.openapi({ description: 'How valid structured output was come by; `invalid`: it was not.' }),
  })
  .openapi('CallRow')

export type RowView = z.output<typeof rowView>

/** A call in a list. */
export const viewOfRow = (entry: CallEntry): RowView => {
  const { usage, decisions } = entry
  return {
    id: entry.id,
    startedAt: entry.startedAt,
    durationMs: entry.durationMs,
    firstTokenMs: entry.firstTokenMs ?? null,
    model: entry.model,
    target: entry.target ?? null,
    outcome: entry.outcome,
    error: entry.error ?? null,
    key: entry.key,
    team: entry.team ?? null,
    endUser: entry.endUser ?? null,
    stream: entry.stream,
    wire: entry.wire,
    operation: entry.operation,
    purpose: entry.purpose ?? null,
    attempts: entry.attempts.length,
    inputTokens: usage ? inputTokens(usage) : null,
    outputTokens: usage ? outputTokens(usage) : null,
    costUsd: usdOf(entry.cost) ?? null,
    cache: decisions.cache?.outcome ?? null,
    output: decisions.output === undefined ? null : (decisions.output.rung ?? 'invalid'),
  }
}

const usdOf = (nanos: string | undefined): string | undefined =>
  nanos === undefined ? undefined : usdFromNanos(BigInt(nanos))

const nanosView = z.string().optional().openapi({ description: 'Nano-dollars; absent: not known.' })
const anything = z.looseObject({}).openapi({ type: 'object' })

const attemptView = z
  .strictObject({
    target: z.string(),
    ordinal: count,
    startMs: z.number().openapi({ description: 'From the start of the call.' }),
    durationMs: z.number(),
    queuedMs: z.number().optional(),
    outcome: z.string(),
    error: z.string().optional(),
    status: count.optional(),
    usage: anything.optional(),
    cost: nanosView,
    costUsd: usdView.optional(),
    held: nanosView,
    isHedge: z.boolean().optional(),
    isUnsent: z.boolean().optional().openapi({ description: 'Nothing of it left for the provider.' }),
  })
  .openapi('CallAttempt')

const bodiesView = z
  .strictObject({
    request: text.openapi({ description: 'What the caller sent, secrets masked; null: nothing, or no text.' }),
    response: text.openapi({ description: 'What the caller was told, a stream with all its events.' }),
    isRequestCut: z.boolean().openapi({ description: 'There was more of it than is kept.' }),
    isResponseCut: z.boolean(),
  })
  .openapi('CallBodies')

export const entryView = z
  .strictObject({
    id: z.string(),
    startedAt: momentView,
    durationMs: z.number(),
    firstTokenMs: z.number().optional(),
    queuedMs: z.number().optional(),
    org: z.string().optional(),
    team: z.string().optional(),
    user: z.string().optional(),
    key: z.string(),
    endUser: z.string().optional(),
    session: z.string().optional(),
    tags: z.record(z.string(), z.string()).optional(),
    wire: z.string(),
    operation: z.string(),
    stream: z.boolean(),
    model: z.string(),
    asked: z.string().openapi({ description: 'The name that the caller used.' }),
    target: z.string().optional(),
    outcome: z.enum(['ok', 'error', 'cancelled']),
    error: z.string().optional(),
    finishes: z.array(z.string()),
    attempts: z.array(attemptView),
    decisions: anything.openapi({
      description:
        'What was decided on the way: order, skipped, hedge, mirror, limits, isShortened, cache, output, idempotency, replayOf; what did not happen is absent.',
    }),
    purpose: z.string().optional(),
    parent: z.string().optional().openapi({ description: 'The call that the gateway asked it for.' }),
    prompt: z
      .string()
      .optional()
      .openapi({ description: 'Names the instructions, so that calls of one template are found together.' }),
    usage: anything.optional(),
    cost: nanosView,
    costUsd: usdView.optional(),
    retryCount: count.openapi({ description: 'How often the caller had asked already, by its own word.' }),
    children: z.array(rowView).openapi({ description: 'What the gateway asked for it.' }),
    ledger: z.array(anything).openapi({ description: 'Its lines in the ledger; they come a moment later.' }),
    feedback: z.array(anything),
    bodies: bodiesView.nullable().openapi({
      description:
        'What was said. Null: it is not kept (`telemetry.storeBodies`), or the token may only look. Each time it is shown is written down in the audit log.',
    }),
  })
  .openapi('Call')

export type EntryView = z.output<typeof entryView>

/** A call with everything that is kept of it alone. */
export const viewOfEntry = (entry: CallEntry): Omit<EntryView, 'children' | 'ledger' | 'feedback' | 'bodies'> => ({
  ...entry,
  tags: entry.tags && { ...entry.tags },
  finishes: [...entry.finishes],
  attempts: entry.attempts.map(viewOfAttempt),
  decisions: { ...entry.decisions },
  usage: entry.usage && { ...entry.usage },
  costUsd: usdOf(entry.cost),
})

const viewOfAttempt = (attempt: EntryAttempt): z.output<typeof attemptView> => ({
  ...attempt,
  usage: attempt.usage && { ...attempt.usage },
  costUsd: usdOf(attempt.cost),
})

/** What was said, as it is shown. */
export const viewOfBodies = ({ request, response, ...rest }: CallBodies): z.output<typeof bodiesView> => ({
  request: request ?? null,
  response: response ?? null,
  ...rest,
})
