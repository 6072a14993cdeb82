import type * as z from 'zod'
import type { BodyRules } from '../core/call-bodies.ts'
import { type bodiesSchema, usualBodies } from './bodies-schema.ts'
import type { Config } from './config.ts'
import { modelProblem, type Names } from './names.ts'

/** Of which calls it is kept what was said. Undefined: of none. */
export const resolveBodies = (
  written: z.output<typeof bodiesSchema> | undefined,
  names: Names,
  hasCalls: boolean,
): BodyRules | undefined => {
  if (written === undefined || written === false) return undefined
  const path = ['telemetry', 'storeBodies']
  if (!hasCalls) names.complain(path, 'needs the records of calls: telemetry.calls is off')
  const { models, keys, teams, maxSize, keep } = written === true ? usualBodies : written
  for (const [field, list] of Object.entries({ models, keys, teams }))
    if (list?.length === 0) names.complain([...path, field], 'names none; leave it out, and it is all of them')
  for (const [index, model] of (models ?? []).entries()) {
    const problem = modelProblem(model, names)
    if (problem !== undefined) names.complain([...path, 'models', index], problem)
  }
  return { models, keys, teams, mostBytes: maxSize, keepMs: keep }
}

/** What deserves a warning: what is said would lie in a file that anybody with the disk can read. Undefined: nothing. */
export const plainBodies = ({ telemetry, cache }: Pick<Config, 'telemetry' | 'cache'>): string | undefined =>
  telemetry.storeBodies === undefined || telemetry.calls?.path === undefined || cache.keys.length > 0
    ? undefined
    : 'what is said in calls is kept without encryption; give cache.key to encrypt it'
