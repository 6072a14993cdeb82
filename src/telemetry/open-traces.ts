import type { Tracer } from '@opentelemetry/api'
import { GatewayError } from '../core/errors.ts'
import type { Sink } from '../core/record.ts'
import type { TraceContext } from '../core/trace.ts'
import type { SpanWords } from './span-facts.ts'

/** Where spans go. */
export interface TraceSettings {
  /** A collector that takes OTLP over HTTP, without `/v1/traces`; undefined: whatever the application has registered. */
  readonly collector: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | undefined
  /** Of traces that begin here, 0 to 1; one that a caller began is sampled as the caller says. */
  readonly sample: number
  /** `service.name`. */
  readonly service: string
  /** Do spans carry what is said? */
  readonly content: boolean
}

/** Spans of calls, on their way to whoever collects them. */
export interface Traces {
  readonly sink: Sink
  /** The trace that the application is in; undefined: none, or its traces are not ours. */
  current(): TraceContext | undefined
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>
}

const patienceMs = 2_000

/** What exporting needs beside this package. */
const packages = ['@opentelemetry/sdk-trace', '@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/resources']

/** Opens what is configured; undefined: nothing is. Rejects with what to install where a package for it is missing. */
export const openTraces = async (
  settings: TraceSettings | undefined,
  words: SpanWords,
): Promise<Traces | undefined> => {
  if (!settings) return undefined
  const [api, { createTraceSink }] = await Promise.all([import('@opentelemetry/api'), import('./traces.ts')])
  if (!settings.collector) {
    const { trace, context } = api
    return {
      sink: createTraceSink(trace.getTracer('tollgate'), words),
      current: () => {
        const found = trace.getSpanContext(context.active())
        return found && trace.isSpanContextValid(found) ? written(found) : undefined
      },
      close: async () => {},
    }
  }
  const exporting = await openExport(settings, settings.collector)
  return { sink: createTraceSink(exporting.tracer, words), current: () => undefined, close: exporting.close }
}

const written = ({
  traceId,
  spanId,
  traceFlags,
  traceState,
}: {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState?: { serialize(): string } | undefined
}): TraceContext => ({
  parent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
  state: traceState?.serialize(),
})

const openExport = async (
  { sample, service }: TraceSettings,
  { url, headers }: NonNullable<TraceSettings['collector']>,
): Promise<{ readonly tracer: Tracer; close(): Promise<void> }> => {
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await load()
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { ...headers } })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(sample) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  })
  return {
    tracer: provider.getTracer('tollgate'),
    close: async () => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs)
      })
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      clearTimeout(timer)
    },
  }
}

const load = async () => {
  try {
    return await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  } catch (cause) {
    throw new GatewayError('internal', `needs packages that are not there: npm install ${packages.join(' ')}`, {
      cause,
    })
  }
}
