import { z } from '@hono/zod-openapi'
import { invalid } from '../../core/errors.ts'
import { type ReportKey, reportKeys } from '../../stores/store.ts'
import { timeField } from './fields.ts'

export const hourMs = 3_600_000

const filter = z.string().min(1).max(320).optional()

type Filters = Readonly<Partial<Record<ReportKey, string>>>

/** What a report or a list of lines may be narrowed to: one name of each key. */
export const filterFields = {
  org: filter,
  team: filter,
  user: filter,
  key: filter,
  model: filter,
  target: filter,
  provider: filter,
  outcome: filter,
  end_user: filter,
  session: filter,
  tag: filter.openapi({ description: 'As `name=value`.', example: 'feature=search' }),
}

export const stretchFields = {
  from: timeField.optional().openapi({ description: 'Default: a day before `to`.' }),
  to: timeField.optional().openapi({ description: 'Not included. Default: now.' }),
}

/** A stretch of time. Throws `invalid_request` where it ends before it begins. */
export const stretchOf = (
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  usual: { readonly from: number; readonly to: number },
): { readonly from: number; readonly to: number } => {
  const stretch = { from: from ?? Math.min(usual.from, (to ?? usual.to) - (usual.to - usual.from)), to: to ?? usual.to }
  if (stretch.from >= stretch.to) throw invalid('from', 'must be before "to"')
  return stretch
}

/** The filters among the fields of a query. */
export const filtersOf = (given: Readonly<Record<string, unknown>>): Filters => {
  const where: Partial<Record<ReportKey, string>> = {}
  for (const key of reportKeys) {
    const value = Object.hasOwn(filterFields, key) ? given[key] : undefined
    if (typeof value === 'string') where[key] = value
  }
  return where
}
