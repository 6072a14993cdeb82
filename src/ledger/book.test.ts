import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AttemptLine, Notes } from '../core/call.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { CallRecord } from '../core/record.ts'
import { noUsage } from '../core/usage.ts'
import { bookTo } from './book.ts'

const recordOf = (notes: Notes, more: Partial<CallRecord> = {}): CallRecord => ({
  id: 'call',
  startedAt: 1_000_000,
  started: 500,
  durationMs: 12.4,
  firstTokenMs: 3.6,
  caller: { key: 'web', team: 'shop', tags: { feature: 'search' } },
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  model: 'chat',
  asked: 'chat',
  target: undefined,
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [],
  notes,
  finishes: [],
  usage: undefined,
  costNanos: 0n,
  retryCount: 0,
  ...more,
})

const booked = (record: CallRecord): LedgerLine[] => {
  const lines: LedgerLine[] = []
  bookTo({ write: (line) => lines.push(line) })(record)
  return lines.map((line) => JSON.parse(JSON.stringify(line)))
}

const attempt: AttemptLine = { target: 'sim/a', ordinal: 1, started: 500, ended: 510, outcome: 'ok', costNanos: 9n }

describe('the lines of a call', () => {
  it('are one for an answer from memory: a call without an attempt or a cost, and what it saved', () => {
    const cache = { outcome: 'hit', ageMs: 5, target: 'sim/a', savedNanos: 42n } as const
    assert.deepEqual(booked(recordOf({ cache })), [
      {
        call: 'call',
        ordinal: 0,
        last: true,
        at: 1_000_012,
        durationMs: 12,
        firstTokenMs: 4,
        team: 'shop',
        key: 'web',
        tags: { feature: 'search' },
        model: 'chat',
        operation: 'chat',
        stream: false,
        target: 'sim/a',
        outcome: 'ok',
        cost: '0',
        memory: 'hit',
        saved: '42',
      },
    ])
  })

  it('tell each way of memory, and leave out a saving that is not known', () => {
    for (const outcome of ['stale', 'semantic', 'coalesced'] as const) {
      const [line, ...more] = booked(recordOf({ cache: { outcome, target: 'sim/a' } }))
      assert.deepEqual([line?.memory, line?.saved, more], [outcome, undefined, []])
    }
  })

  it('tell how a call from memory ended', () => {
    const notes: Notes = { cache: { outcome: 'coalesced', target: 'sim/a' } }
    const ended = (more: Partial<CallRecord>) =>
      booked(recordOf(notes, more)).map(({ outcome, error }) => [outcome, error])
    assert.deepEqual(ended({ outcome: 'cancelled', error: 'cancelled' }), [['cancelled', 'cancelled']])
    assert.deepEqual(ended({ outcome: 'error', error: 'deadline_exceeded' }), [['cancelled', 'deadline_exceeded']])
    assert.deepEqual(ended({ outcome: 'error', error: 'upstream_failed' }), [['server', 'upstream_failed']])
  })

  it('are none where nothing was sent and memory did not answer', () => {
    assert.deepEqual(booked(recordOf({ cache: { outcome: 'miss' } })), [])
    assert.deepEqual(booked(recordOf({ cache: { outcome: 'off' } })), [])
    assert.deepEqual(booked(recordOf({})), [])
  })

  it('say of what was used only what was used', () => {
    const usage = { ...noUsage, input: 3, output: 5, source: 'counted' } as const
    const [line] = booked(recordOf({}, { attempts: [{ ...attempt, usage }] }))
    assert.deepEqual(line?.usage, { input: 3, output: 5, source: 'counted' })
  })

  it('are those of attempts where a provider was asked, with what known vectors saved on the last one', () => {
    const cache = { outcome: 'miss', items: { known: 1, all: 2 }, savedNanos: 7n } as const
    const attempts = [
      { ...attempt, outcome: 'server' as const },
      { ...attempt, ordinal: 2 },
    ]
    assert.deepEqual(
      booked(recordOf({ cache }, { attempts })).map(({ ordinal, last, memory, saved }) => [
        ordinal,
        last,
        memory,
        saved,
      ]),
      [
        [1, undefined, undefined, undefined],
        [2, true, undefined, '7'],
      ],
    )
  })
})
