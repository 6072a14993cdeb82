import * as z from 'zod'
import { flag, named, section, share, text } from './fields.ts'

/** `traces` of `telemetry`: where spans of calls go. */
export const tracesSchema = section(
  {
    otlp: text(
      {
        description:
          'A collector that takes OTLP over HTTP, without `/v1/traces`. It needs the packages `@opentelemetry/sdk-trace`, `@opentelemetry/exporter-trace-otlp-http` and `@opentelemetry/resources`.',
        examples: ['http://127.0.0.1:4318'],
      },
      'address',
    ).optional(),
    headers: named(z.string({ error: 'expected text' }), {
      description: 'Headers added to every request to it.',
      examples: [{ authorization: `Bearer \${COLLECTOR_TOKEN}` }],
    }).prefault({}),
    global: flag({
      description:
        'Whether spans go to the tracer provider that the application has registered, in place of a collector: for a gateway inside a program.',
      examples: [true],
    }).prefault(false),
    sample: share({
      description:
        'The share of traces that is sent of those that begin here; one that a caller began is sent when the caller says so.',
      examples: ['10%'],
    }).prefault('100%'),
    content: flag({
      description:
        'Whether the spans of conversations carry what was asked and answered, at most 65,536 characters of each, without secrets. Whoever reads the traces reads it.',
      examples: [true],
    }).prefault(false),
    service: text({
      description: 'What the gateway is called there: `service.name`.',
      examples: ['llm-gateway'],
    }).prefault('tollgate'),
  },
  { description: 'Where spans of calls go: one for each call, and one for each attempt under it. Default: nowhere.' },
)
