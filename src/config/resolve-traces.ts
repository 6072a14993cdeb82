import type * as z from 'zod'
import type { TraceSettings } from '../telemetry/open-traces.ts'
import { baseUrlProblem } from './addresses.ts'
import { headersFrom } from './headers.ts'
import type { Complain } from './issues.ts'
import type { tracesSchema } from './traces-schema.ts'

/** Where spans go; undefined: nowhere. */
export const resolveTraces = (
  written: z.output<typeof tracesSchema> | undefined,
  complain: Complain,
): TraceSettings | undefined => {
  if (!written) return undefined
  const path = ['telemetry', 'traces']
  const { otlp, global, sample, service, content } = written
  if (otlp === undefined && !global) complain(path, 'needs otlp, the address of a collector, or global: true')
  if (otlp !== undefined && global) complain([...path, 'global'], 'does not go with otlp: spans go to one of them')
  const problem = otlp === undefined ? undefined : baseUrlProblem(otlp)
  if (problem !== undefined) complain([...path, 'otlp'], problem)
  const headers = headersFrom(written.headers, [...path, 'headers'], complain)
  return {
    collector: otlp === undefined ? undefined : { url: otlp.replace(/\/+$/, ''), headers },
    sample,
    service,
    content,
  }
}
