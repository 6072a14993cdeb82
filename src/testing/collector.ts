import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as a collector was sent it. */
export interface CollectedSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly traceState: string | undefined
  /** Unix milliseconds. */
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, unknown>>
  /** 0: nothing was said, 2: it failed. */
  readonly status: number
}

/** A small collector of traces: takes OTLP over HTTP as JSON, and remembers. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** Every body, as it came. */
  readonly bodies: readonly string[]
  readonly headers: readonly IncomingHttpHeaders[]
  /** Resolves when so many spans are there. */
  until(count: number): Promise<readonly CollectedSpan[]>
}

interface WrittenValue {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values: readonly WrittenValue[] }
}

interface WrittenSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: WrittenValue }[]
  readonly status?: { readonly code?: number }
}

interface Written {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly WrittenSpan[] }[] }[]
}

const readValue = ({ stringValue, intValue, doubleValue, boolValue, arrayValue }: WrittenValue): unknown =>
  stringValue ??
  (intValue === undefined ? undefined : Number(intValue)) ??
  doubleValue ??
  boolValue ??
  arrayValue?.values.map(readValue)

const msOf = (nanos: string): number => Number(BigInt(nanos) / 1000n) / 1000

const spanOf = (written: WrittenSpan): CollectedSpan => ({
  name: written.name,
  kind: written.kind,
  traceId: written.traceId,
  spanId: written.spanId,
  parentSpanId: written.parentSpanId,
  traceState: written.traceState,
  startMs: msOf(written.startTimeUnixNano),
  endMs: msOf(written.endTimeUnixNano),
  attributes: Object.fromEntries(written.attributes.map(({ key, value }) => [key, readValue(value)])),
  status: written.status?.code ?? 0,
})

/** Starts it on a free port of 127.0.0.1. */
export const startCollector = async (): Promise<Collector> => {
  const spans: CollectedSpan[] = []
  const bodies: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const waiting = new Set<{ readonly count: number; resolve(): void }>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += String(part)
    bodies.push(body)
    headers.push(request.headers)
    const { resourceSpans }: Written = JSON.parse(body)
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans.map(spanOf))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    for (const waiter of waiting) if (spans.length >= waiter.count) waiter.resolve()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    bodies,
    headers,
    until: async (count) => {
      if (spans.length < count)
        await new Promise<void>((resolve) => {
          waiting.add({ count, resolve })
        })
      return spans
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
