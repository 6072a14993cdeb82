import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Sink } from '../core/record.ts'
import type { TraceContext } from '../core/trace.ts'
import { type SpanFacts, type SpanWords, spansOf } from './span-facts.ts'

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const

/** Writes each finished call as spans, with the times that its record tells. Nothing in it throws. */
export const createTraceSink =
  (tracer: Tracer, words: SpanWords): Sink =>
  (record) => {
    try {
      const facts = spansOf(record, words)
      write(tracer, facts, contextOf(facts.trace))
    } catch {
      // An application's own tracer may fail; no call is worse for it.
    }
  }

const write = (tracer: Tracer, facts: SpanFacts, parent: Context): void => {
  const { name, kind, startMs, endMs, attributes, failure, children } = facts
  const span = tracer.startSpan(
    name,
    { kind: kinds[kind], startTime: startMs, attributes: attributes as Record<string, string> },
    parent,
  )
  const context = trace.setSpan(parent, span)
  for (const child of children) write(tracer, child, context)
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
  span.end(endMs)
}

/** A call of nobody's trace begins one. */
const contextOf = (given: TraceContext | undefined): Context => {
  if (!given) return ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = '00'] = given.parent.split('-')
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(given.state !== undefined && { traceState: stateOf(given.state) }),
  })
}

/** It is handed on as it came. */
const stateOf = (text: string) => {
  const entries = new Map(
    text.split(',').map((entry) => {
      const at = entry.indexOf('=')
      return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()] as const
    }),
  )
  const state = {
    get: (key: string) => entries.get(key),
    set: () => state,
    unset: () => state,
    serialize: () => text,
  }
  return state
}
