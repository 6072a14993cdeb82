import type { CallEntry, EntryAttempt } from '../core/call-entry.ts'
import { writeEntry } from '../core/entry-text.ts'
import { noUsage } from '../core/usage.ts'
import type { CallStore } from '../stores/call-store.ts'

/** The beginning of a minute, an hour and a day. */
export const entriesBegin = Date.UTC(2026, 10, 20)

/** An attempt that went well. */
export const sampleAttempt = (more: Partial<EntryAttempt> = {}): EntryAttempt => ({
  target: 'open/m',
  ordinal: 1,
  startMs: 1,
  durationMs: 100,
  outcome: 'ok',
  usage: { ...noUsage, input: 100, output: 10 },
  cost: '1000000001',
  ...more,
})

/** A call that went well at its first attempt. */
export const sampleEntry = (more: Partial<CallEntry> = {}): CallEntry => ({
  id: 'call-1',
  startedAt: entriesBegin,
  durationMs: 101,
  firstTokenMs: 50,
  key: 'web',
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  model: 'chat',
  asked: 'chat',
  target: 'open/m',
  outcome: 'ok',
  finishes: ['stop'],
  attempts: [sampleAttempt()],
  decisions: {},
  usage: { ...noUsage, input: 100, output: 10 },
  cost: '1000000001',
  retryCount: 0,
  ...more,
})

/** Many different calls, the same for the same seed: their times in no order, over so many minutes. */
export const manyEntries = (count: number, { seed = 1, minutes = 10 } = {}): CallEntry[] => {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  return Array.from({ length: count }, (_, index) => {
    const target = oneOf(['open/m', 'open/n', 'other/m'])
    const isRetried = random() < 0.2
    const isWell = random() < 0.9
    const cost = random() < 0.95 ? String(Math.floor(random() * 1e10)) : undefined
    const attempts = [
      ...(isRetried ? [sampleAttempt({ target: 'open/m', outcome: 'server', usage: undefined, cost: '0' })] : []),
      sampleAttempt({ target, cost, durationMs: 10 + 1_000 * random() ** 3, outcome: isWell ? 'ok' : 'server' }),
    ]
    return sampleEntry({
      id: `call-${seed}-${index}`,
      startedAt: entriesBegin + Math.floor(random() * minutes * 60_000),
      durationMs: Math.round(100 * (12 + 2_000 * random() ** 3)) / 100,
      firstTokenMs: random() < 0.8 ? 5 + 10 * random() : undefined,
      key: oneOf(['web', 'app', 'job']),
      team: oneOf(['shop', 'shop', 'lab', undefined]),
      endUser: random() < 0.5 ? `user-${Math.floor(random() * 50)}` : undefined,
      model: oneOf(['chat', 'code']),
      target: isWell ? target : undefined,
      outcome: isWell ? 'ok' : 'error',
      error: isWell ? undefined : oneOf(['upstream_failed', 'deadline_exceeded']),
      attempts,
      cost,
      tags: random() < 0.3 ? { feature: oneOf(['search', 'chat']) } : undefined,
    })
  })
}

/** Adds entries to a store. */
export const addEntries = (calls: Pick<CallStore, 'append'>, entries: readonly CallEntry[]): Promise<void> =>
  calls.append(entries.map(writeEntry))
