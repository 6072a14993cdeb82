import type * as z from 'zod'
import type { TelemetryConfig } from './config.ts'
import type { Complain } from './issues.ts'
import type { qualitySchema } from './quality-schema.ts'
import { hint } from './suggest.ts'

/** Who is told when a model becomes worse. */
export const resolveQuality = (
  { webhook }: z.output<typeof qualitySchema>,
  webhooks: ReadonlyMap<string, unknown>,
  complain: Complain,
): TelemetryConfig['quality'] => {
  if (webhook !== undefined && !webhooks.has(webhook))
    complain(
      ['telemetry', 'quality', 'webhook'],
      `no endpoint is called ${JSON.stringify(webhook.slice(0, 60))}${hint(webhook, [...webhooks.keys()])}`,
    )
  return { webhook }
}
