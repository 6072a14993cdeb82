import type * as z from 'zod'
import type { OutputRules } from '../core/output-rules.ts'
import { patternProblem } from '../structured/output-checks.ts'
import { type Path, shown } from './complaints.ts'
import { type Names, readTarget, splitTarget } from './names.ts'
import type { outputSchema } from './output-schema.ts'
import { hint } from './suggest.ts'

/** What is done for structured output, with every model and pattern looked at. Undefined: what is usual. */
export const resolveOutput = (
  written: z.output<typeof outputSchema> | undefined,
  path: Path,
  names: Names,
): OutputRules | 'off' | undefined => {
  if (written === undefined) return undefined
  if (written === false) return 'off'
  for (const [index, model] of written.fallback.entries()) checkModel(model, [...path, 'fallback', index], names)
  for (const [index, { matches, minLength = 0, maxLength = Infinity }] of written.rules.entries()) {
    const problem = matches === undefined ? undefined : patternProblem(matches)
    if (problem !== undefined) names.complain([...path, 'rules', index, 'matches'], `cannot be used: ${problem}`)
    if (minLength > maxLength) names.complain([...path, 'rules', index, 'maxLength'], 'must not be less than minLength')
  }
  return written
}

const checkModel = (model: string, path: Path, names: Names): void => {
  if (names.models.has(model)) return
  if (splitTarget(model) !== undefined) readTarget(model, path, names)
  else {
    const meant = hint(model, names.models)
    names.complain(path, `no model is called ${shown(model)}${meant || '; name a public model, or provider/model'}`)
  }
}
