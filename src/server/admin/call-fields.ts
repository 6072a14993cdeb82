import { z } from '@hono/zod-openapi'
import type { CallFilter } from '../../stores/call-store.ts'
import { nameFilter } from './observed.ts'

/** What a list of calls may be narrowed to. */
export const callFields = {
  model: nameFilter,
  target: nameFilter.openapi({ description: 'One of those that it tried.' }),
  provider: nameFilter,
  key: nameFilter,
  team: nameFilter,
  user: nameFilter,
  endUser: nameFilter,
  session: nameFilter,
  tag: nameFilter.openapi({ description: 'As `name=value`.', example: 'feature=search' }),
  outcome: z.enum(['ok', 'error', 'cancelled']).optional(),
  error: nameFilter.openapi({ description: 'The code of its error.' }),
  purpose: nameFilter.openapi({ description: 'What the gateway asked it for itself.', example: 'mirror' }),
  prompt: nameFilter.openapi({ description: 'The name of its instructions, as it stands in a call.' }),
  minDurationMs: z
    .string()
    .regex(/^\d{1,10}(?:\.\d{1,3})?$/, 'must be a number of milliseconds')
    .transform(Number)
    .optional()
    .openapi({ type: 'number' }),
}

const names = Object.keys(callFields) as (keyof typeof callFields)[]

/** The filter among the fields of a query; undefined: everything is meant. */
export const filterOf = (given: Readonly<Record<string, unknown>>): CallFilter | undefined => {
  const wanted = names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]] as const)
  return wanted.length === 0 ? undefined : Object.fromEntries(wanted)
}
