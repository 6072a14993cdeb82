import type { AttemptLine } from '../core/call.ts'
import type { CallRecord } from '../core/record.ts'
import { noUsage } from '../core/usage.ts'

/** An attempt that went well, of a call that began at 0 of the process clock. */
export const sampleLine = (more: Partial<AttemptLine> = {}): AttemptLine => ({
  target: 'open/m',
  ordinal: 1,
  started: 1,
  ended: 101,
  outcome: 'ok',
  usage: { ...noUsage, input: 100, output: 10 },
  costNanos: 1_000_000_001n,
  sent: true,
  ...more,
})

/** A call that went well at its first attempt. */
export const sampleRecord = (more: Partial<CallRecord> = {}): CallRecord => ({
  id: 'call-1',
  startedAt: Date.UTC(2026, 10, 20),
  started: 0,
  durationMs: 102.3456,
  firstTokenMs: 50,
  caller: { key: 'web', team: 'shop' },
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  model: 'chat',
  asked: 'chat',
  target: 'open/m',
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [sampleLine()],
  notes: { model: 'chat', order: ['open/m', 'open/n'] },
  finishes: ['stop'],
  prompt: undefined,
  usage: { ...noUsage, input: 100, output: 10 },
  costNanos: 1_000_000_001n,
  retryCount: 0,
  ...more,
})
