import { z } from '@hono/zod-openapi'
import { GatewayError } from '../../core/errors.ts'
import type { CallStore } from '../../stores/call-store.ts'
import type { AdminTools } from './tools.ts'

/** A moment, as ISO 8601 or in Unix milliseconds, which it is inside. */
export const momentField = z
  .string()
  .max(40)
  .transform((text, context) => {
    const ms = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)
    if (Number.isFinite(ms)) return ms
    context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-01T00:00:00Z, or Unix milliseconds' })
    return z.NEVER
  })
  .openapi({ type: 'string', example: '2026-11-01T00:00:00Z' })

export const momentView = z.number().openapi({ type: 'integer', description: 'Unix milliseconds.' })

export const nameFilter = z.string().min(1).max(320).optional()

/** Calls that are kept, those that ended a moment ago included. Throws `not_found` where none are kept. */
export const observed = async ({
  observing,
}: Pick<AdminTools, 'observing'>): Promise<Pick<CallStore, 'find' | 'list' | 'figures'>> => {
  if (!observing?.calls)
    throw new GatewayError('not_found', 'No records of calls are kept here: telemetry.calls is off.')
  await observing.flush()
  return observing.calls
}
