import type { Ending, Step } from './step.ts'

/** Takes the request and says nothing until the peer goes away. */
export const silence = (): Step => ({ headDelayMs: 'forever' })

/** Takes the request and ends the connection before any answer. */
export const hangUp = (by: Ending): Step => ({ hangUp: by })

/** Begins as the step does and falls silent after so many events, with the connection open. */
export const stall = (step: Step, events: number): Step => ({
  ...step,
  events: step.events?.slice(0, events) ?? [],
  endDelayMs: 'forever',
})

/** Ends the connection when so many bytes of the step's content are out. */
export const cut = (step: Step, atByte: number, by: Ending): Step => ({ ...step, cut: { atByte, by } })

/** A stream that sends one event over and over, by default as fast as it is read. */
export const endless = (event: string | Buffer, eventDelayMs = 0): Step => ({
  events: [event],
  endless: true,
  eventDelayMs,
})

/** A stream that is kept alive and never says anything: Anthropic's `ping`, or the comments that others send. */
export const pingsOnly = (kind: 'event' | 'comment', everyMs: number): Step =>
  endless(kind === 'event' ? 'event: ping\ndata: {"type": "ping"}\n\n' : ': keep-alive\n\n', everyMs)

/** A stream whose first event has so many bytes of data, without a line break. */
export const hugeEvent = (bytes: number): Step => ({ events: ['data: ', 'x'.repeat(bytes), '\n\n'] })

/** Sends the caller elsewhere. */
export const redirect = (status: 301 | 302 | 303 | 307 | 308, location: string): Step => ({
  status,
  headers: { location },
  body: '',
})
