import fc from 'fast-check'
import { keptUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import type { ReportKey, ReportQuery } from '../stores/store.ts'

const hourMs = 3_600_000
const start = Date.UTC(2026, 9, 30, 7)
const spanHours = 100

const few = (prefix: string): fc.Arbitrary<string> => fc.constantFrom(`${prefix}1`, `${prefix}2`, `${prefix}'%_"`)
const maybe = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(of, { nil: undefined })
const tokens = fc.integer({ min: 0, max: 100_000 })

const usages: fc.Arbitrary<Usage> = fc.record({
  input: tokens,
  cacheRead: tokens,
  cacheWriteShort: tokens,
  cacheWriteLong: tokens,
  audioInput: tokens,
  output: tokens,
  reasoning: tokens,
  audioOutput: tokens,
  source: fc.constantFrom('measured', 'counted', 'estimated'),
})

const drafts: fc.Arbitrary<LedgerLine> = fc.record({
  call: fc.constant('c'),
  ordinal: fc.integer({ min: 1, max: 4 }),
  last: fc.constantFrom(true, undefined),
  at: fc.integer({ min: start, max: start + spanHours * hourMs - 1 }),
  durationMs: fc.constant(12),
  org: maybe(few('org')),
  team: maybe(few('team')),
  user: maybe(few('user')),
  key: few('key'),
  endUser: maybe(few('end')),
  session: maybe(few('session')),
  tags: maybe(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'), { maxKeys: 2 })),
  model: few('model'),
  target: fc.constantFrom('one/a', 'one/b', 'two/a', 'two/a/b'),
  operation: fc.constant('chat' as const),
  stream: fc.boolean(),
  outcome: fc.constantFrom('ok', 'server', 'cancelled'),
  usage: maybe(fc.oneof(usages, usages.map(keptUsage))),
  cost: maybe(fc.bigInt({ min: 0n, max: 10n ** 12n }).map(String)),
  memory: fc.constantFrom(
    undefined,
    undefined,
    'hit' as const,
    'stale' as const,
    'semantic' as const,
    'coalesced' as const,
  ),
  saved: maybe(fc.bigInt({ min: 0n, max: 10n ** 12n }).map(String)),
})

/** Random lines over some days, as they look after they were written as JSON. */
export const randomLines: fc.Arbitrary<LedgerLine[]> = fc.array(
  drafts.map((draft) => JSON.parse(JSON.stringify(draft)) as LedgerLine),
  { maxLength: 60 },
)

const plain: readonly ReportKey[] = ['org', 'team', 'user', 'key', 'model', 'target', 'provider', 'outcome']
const times: readonly ReportKey[] = ['hour', 'day', 'month']
const scoped: readonly ReportKey[] = ['end_user', 'session', 'tag']

const keys: fc.Arbitrary<readonly ReportKey[]> = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...plain, ...times), { maxLength: 3 }),
  fc.tuple(fc.constantFrom(...scoped), fc.constantFrom(...times)),
  fc.constantFrom(...scoped).map((key) => [key]),
)

const filters: fc.Arbitrary<ReportQuery['where']> = fc.record(
  { team: few('team'), model: few('model'), provider: fc.constantFrom('one', 'two'), day: fc.constant('2026-11-01') },
  { requiredKeys: [] },
)

const sides: fc.Arbitrary<Pick<ReportQuery, 'from' | 'to'>> = fc
  .tuple(fc.integer({ min: -2, max: spanHours }), fc.integer({ min: 0, max: spanHours }))
  .map(([from, length]) => ({ from: start + from * hourMs, to: start + (from + length) * hourMs }))

/** Random questions that roll-ups can answer. */
export const randomQueries: fc.Arbitrary<ReportQuery> = fc
  .record({ by: keys, where: filters, sides })
  .map(({ by, where, sides: { from, to } }) => ({
    from,
    to,
    by,
    where: by.some((key) => scoped.includes(key)) ? {} : where,
    limit: 10_000,
  }))

/** One line that says the least, and more where it is given. */
export const sampleLine = (more: Partial<LedgerLine> = {}): LedgerLine => ({
  call: 'call',
  ordinal: 1,
  last: true,
  at: start,
  durationMs: 100,
  key: 'web',
  model: 'chat',
  target: 'one/a',
  operation: 'chat',
  stream: false,
  outcome: 'ok',
  usage: { ...noUsage, input: 10, output: 5 },
  cost: '1000',
  ...more,
})

/** One call that was answered from memory. */
export const rememberedLine = (more: Partial<LedgerLine> = {}): LedgerLine =>
  sampleLine({ ordinal: 0, usage: undefined, cost: '0', memory: 'hit', saved: '1000', ...more })

/** The stretch that all these lines lie in. */
export const sampleStretch = { from: start, to: start + spanHours * hourMs }
