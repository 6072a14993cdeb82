import { z } from '@hono/zod-openapi'
import { durationMs, durationPattern } from '../../config/durations.ts'
import { nanosFromUsd, usdFromNanos } from '../../core/money.ts'

/** Something by its name, as it stands in a path. */
export const nameField = z.string().min(1).max(256).openapi({ example: 'web' })

/** A moment, as ISO 8601 with its offset; Unix milliseconds inside. */
export const timeField = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-01T00:00:00Z' })
  .transform((text) => Date.parse(text))
  .openapi({ type: 'string', format: 'date-time', example: '2026-11-01T00:00:00Z' })

/** A length of time as people write it; milliseconds inside. */
export const durationField = z
  .string()
  .max(32)
  .regex(new RegExp(`^${durationPattern}$`), 'must be a duration such as 10s, 5m, 1h, 1d')
  .transform((text) => durationMs(text) ?? 0)
  .openapi({ type: 'string', example: '1h' })

/** US dollars, exactly: at most nine decimals. Nano-dollars inside. */
export const usdPattern = /^\d{1,10}(?:\.\d{1,9})?$/

/** Money as it is shown: dollars for people, nano-dollars for programs. */
export const moneyView = z
  .strictObject({
    usd: z.string().openapi({ description: 'US dollars, exactly.', example: '1.25' }),
    nanos: z.string().openapi({ description: 'The same in nano-dollars.', example: '1250000000' }),
  })
  .openapi('Money')

export const viewOfMoney = (nanos: bigint): { usd: string; nanos: string } => ({
  usd: usdFromNanos(nanos),
  nanos: String(nanos),
})

/** Dollars as they were written to nano-dollars; undefined when they are none. */
export const nanosOf = (usd: string): bigint | undefined => (usdPattern.test(usd) ? nanosFromUsd(usd) : undefined)

export const timeView = z.iso.datetime().openapi({ format: 'date-time', example: '2026-11-01T00:00:00.000Z' })

/** A moment for people; undefined when there is none, or when it is beyond what a calendar knows. */
export const viewOfTime = (ms: number | undefined): string | undefined =>
  ms === undefined || !Number.isFinite(ms) ? undefined : new Date(ms).toISOString()

/** Where a list goes on, and how much of it is wanted. */
export const pageFields = {
  cursor: z.string().max(1024).optional().openapi({ description: 'Where to go on: `next` of the answer before.' }),
  limit: countField(100, 1_000),
}

/** A number of things to show, as it stands in a query. */
export function countField(usual: number, most: number) {
  return z
    .string()
    .regex(/^[1-9]\d{0,5}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((count) => count <= most, `must be a whole number from 1 to ${most}`)
    .default(usual)
    .openapi({ type: 'integer', minimum: 1, maximum: most, default: usual, description: 'How many at most.' })
}

/** The answer of a list: a page of it, and where it goes on. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    data: z.array(item),
    next: z.string().optional().openapi({ description: 'The cursor of the next page; absent at the end.' }),
  })

const failure = z
  .strictObject({
    error: z.strictObject({
      code: z.string().openapi({ example: 'not_found' }),
      message: z.string(),
      param: z.string().optional().openapi({ description: 'The field that is wrong.' }),
    }),
  })
  .openapi('Failure')

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
})

/** The answers of a route: what it gives when it goes well, and every failure in one form. */
export const gives = <T extends z.ZodType>(description: string, schema: T) => ({ 200: json(description, schema) })

export const gone = { 204: { description: 'Done.' } }

/** What is declared for every route by itself. */
export const failures = { default: json('A failure.', failure) }

/** A JSON body that a route takes. */
export const takes = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})
