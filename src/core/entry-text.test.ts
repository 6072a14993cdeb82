import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { entriesBegin, sampleEntry } from '../testing/sample-entries.ts'
import type { CallEntry, EntryAttempt } from './call-entry.ts'
import { readEntry, writeEntry } from './entry-text.ts'
import type { Usage } from './usage.ts'

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const text = fc.string({ unit: 'binary', maxLength: 8 })
const ms = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true }))
const count = fc.oneof(fc.constant(0), fc.nat(1_000_000))
const digits = fc.oneof(fc.constant('0'), fc.bigInt(0n, 10n ** 24n).map(String))

const usage: fc.Arbitrary<Usage> = fc.record({
  input: count,
  cacheRead: count,
  cacheWriteShort: count,
  cacheWriteLong: count,
  audioInput: count,
  output: count,
  reasoning: count,
  audioOutput: count,
  source: fc.constantFrom('measured', 'counted', 'estimated'),
  serviceTier: maybe(text),
  region: maybe(text),
  searches: maybe(count),
  statedNanos: maybe(count),
})

const attempt: fc.Arbitrary<EntryAttempt> = fc.record({
  target: text,
  ordinal: fc.nat(5),
  startMs: ms,
  durationMs: ms,
  queuedMs: maybe(ms),
  outcome: fc.constantFrom('ok', 'server', 'cancelled'),
  error: maybe(text),
  status: maybe(fc.nat(599)),
  usage: maybe(usage),
  cost: maybe(digits),
  held: maybe(digits),
  isHedge: maybe(fc.boolean()),
  isUnsent: maybe(fc.boolean()),
})

const decisions: fc.Arbitrary<CallEntry['decisions']> = fc.record({
  order: maybe(fc.array(text)),
  skipped: maybe(fc.array(fc.record({ target: text, reason: text }))),
  hedge: maybe(fc.constantFrom('won', 'lost')),
  mirror: maybe(fc.constantFrom('sent', 'full')),
  limits: maybe(
    fc.array(
      fc.record({
        unit: fc.constantFrom('requests', 'tokens'),
        limit: digits,
        remaining: digits,
        resetsAt: maybe(count),
      }),
    ),
  ),
  isShortened: maybe(fc.boolean()),
  cache: maybe(fc.record({ outcome: fc.constantFrom('hit', 'off'), ageMs: ms, saved: maybe(digits) })),
  output: maybe(fc.record({ isFirstTry: fc.boolean(), asks: count, firstAttempts: count, schema: maybe(text) })),
  idempotency: maybe(fc.constantFrom('first', 'replayed')),
  replayOf: maybe(text),
})

const anyEntry: fc.Arbitrary<CallEntry> = fc.record({
  id: text,
  startedAt: fc.nat(1_000).map((after) => entriesBegin + after),
  durationMs: ms,
  firstTokenMs: maybe(ms),
  queuedMs: maybe(ms),
  org: maybe(text),
  team: maybe(text),
  user: maybe(text),
  key: text,
  endUser: maybe(text),
  session: maybe(text),
  tags: maybe(fc.dictionary(text, text)),
  wire: text,
  operation: text,
  stream: fc.boolean(),
  model: text,
  asked: text,
  target: maybe(text),
  outcome: fc.constantFrom('ok', 'error', 'cancelled'),
  error: maybe(text),
  finishes: fc.array(text),
  attempts: fc.array(attempt, { maxLength: 4 }),
  decisions,
  purpose: maybe(fc.constantFrom('mirror', 'check')),
  parent: maybe(text),
  prompt: maybe(text),
  usage: maybe(usage),
  cost: maybe(digits),
  retryCount: count,
})

/** What the last attempt says is said again of the call, as it nearly always is. */
const entry = fc.tuple(anyEntry, fc.boolean()).map(([made, isUsual]): CallEntry => {
  const last = made.attempts.at(-1)
  if (!isUsual || !last) return made
  return { ...made, asked: made.model, target: last.target, usage: last.usage, cost: last.cost }
})

const plain = (value: CallEntry): unknown => JSON.parse(JSON.stringify(value))

describe('an entry as text', () => {
  test('is read as it was written, whatever is in it, and is one line', () => {
    fc.assert(
      fc.property(entry, (made) => {
        const written = writeEntry(made)
        assert.ok(!written.includes('\n'))
        assert.deepEqual(plain(readEntry(written)), plain(made))
      }),
    )
  })

  test('says nothing of what is unknown, and zero is not unknown', () => {
    const made = sampleEntry({ usage: undefined, cost: '0', attempts: [] })
    const { usage: found, cost, target } = readEntry(writeEntry(made))
    assert.deepEqual([found, cost, target], [undefined, '0', 'open/m'])
  })

  test('is half as long as its JSON at most, and what was written as JSON is read as well', () => {
    const { attempts } = sampleEntry()
    const made = sampleEntry({ attempts, usage: attempts[0]?.usage })
    const json = JSON.stringify(made)
    assert.ok(writeEntry(made).length < json.length / 2)
    assert.deepEqual(readEntry(json), made)
  })
})
