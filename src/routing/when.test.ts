import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call, Caller } from '../core/call.ts'
import type { Chat } from '../core/request.ts'
import { callOf, targetOf } from '../testing/sample-calls.ts'
import { type Condition, createWhen } from './when.ts'

const usual = [targetOf('usual/a')]
const special = [targetOf('special/b')]

const holds = (when: Condition, call: Call): boolean => createWhen([{ when, use: special }])(usual, call) === special

const asked = (chat: Partial<Chat>): Call => callOf({ chat })
const by = (caller: Partial<Caller>): Call => callOf({ caller: { key: 'web', ...caller } })
const image: Partial<Chat> = {
  messages: [{ role: 'user', parts: [{ kind: 'image', source: { kind: 'url', url: 'https://pictures.example/1' } }] }],
}
const words = (count: number): Partial<Chat> => ({
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'word '.repeat(count) }] }],
})
const tool: Partial<Chat> = { tools: [{ name: 'look' }] }

type Row = readonly [name: string, when: Condition, yes: Call, no: Call]

const rows: readonly Row[] = [
  ['needs an image', { needs: ['image'] }, asked(image), asked(words(3))],
  ['needs one of several', { needs: ['image', 'tools'] }, asked(tool), asked(words(3))],
  ['is a stream', { stream: true }, callOf({ stream: true }), callOf()],
  ['is no stream', { stream: false }, callOf(), callOf({ stream: true })],
  ['is long', { tokens: { from: 500 } }, asked(words(1_000)), asked(words(10))],
  ['is short', { tokens: { below: 500 } }, asked(words(10)), asked(words(1_000))],
  ['is by a key', { key: ['web', 'app'] }, by({}), callOf({ caller: { key: 'other' } })],
  ['is by a team', { team: ['shop'] }, by({ team: 'shop' }), by({ team: 'lab' })],
  ['is by a user', { user: ['anna'] }, by({ user: 'anna' }), by({ endUser: 'anna' })],
  ['is by an org', { org: ['acme'] }, by({ org: 'acme' }), by({})],
  ['is for an end user', { endUser: ['e-7'] }, by({ endUser: 'e-7' }), by({ user: 'e-7' })],
  ['is by anybody with a team', { team: ['*'] }, by({ team: 'any' }), by({})],
  ['has a tag', { tags: { tier: ['gold'] } }, by({ tags: { tier: 'gold' } }), by({ tags: { tier: 'tin' } })],
  ['has a tag of any value', { tags: { tier: ['*'] } }, by({ tags: { tier: 'tin' } }), by({ tags: { other: 'tin' } })],
  [
    'has all tags',
    { tags: { tier: ['gold'], area: ['eu', 'us'] } },
    by({ tags: { tier: 'gold', area: 'us' } }),
    by({ tags: { tier: 'gold' } }),
  ],
  [
    'has metadata, whatever its type',
    { metadata: { retry: ['true'] } },
    asked({ metadata: { retry: true } }),
    asked({ metadata: { retry: false } }),
  ],
  [
    'has metadata that every object has',
    { metadata: { constructor: ['*'] } },
    asked({ metadata: JSON.parse('{"constructor":"x"}') }),
    asked({ metadata: {} }),
  ],
  [
    'is everything that is said',
    { stream: true, team: ['shop'] },
    callOf({ stream: true, caller: { key: 'web', team: 'shop' } }),
    callOf({ stream: true }),
  ],
]

describe('a rule', () => {
  for (const [name, when, yes, no] of rows)
    test(`holds for a call that ${name}, and for no other`, () => {
      assert.equal(holds(when, yes), true)
      assert.equal(holds(when, no), false)
    })

  test('decides alone when it is the first that holds', () => {
    const first = [targetOf('first/a')]
    const policy = createWhen([
      { when: { team: ['nobody'] }, use: usual },
      { when: { stream: true }, use: first },
      { when: { team: ['shop'] }, use: special },
    ])
    assert.equal(policy(usual, callOf({ stream: true, caller: { key: 'web', team: 'shop' } })), first)
  })

  test('leaves everything as it is when none holds', () => {
    assert.equal(createWhen([{ when: { stream: true }, use: special }])(usual, callOf()), usual)
  })
})

const at = (moment: string): Call => callOf({ startedAt: Date.parse(moment) })

describe('a rule of time', () => {
  const night = { timezone: 'Europe/Berlin', from: 22 * 60, to: 6 * 60 }
  const cases: readonly (readonly [moment: string, time: Condition['time'], expected: boolean, why: string])[] = [
    ['2026-11-25T08:59:59Z', { timezone: 'UTC', from: 540, to: 1_020 }, false, 'before it begins'],
    ['2026-11-25T09:00:00Z', { timezone: 'UTC', from: 540, to: 1_020 }, true, 'when it begins'],
    ['2026-11-25T16:59:59Z', { timezone: 'UTC', from: 540, to: 1_020 }, true, 'just before its end'],
    ['2026-11-25T17:00:00Z', { timezone: 'UTC', from: 540, to: 1_020 }, false, 'at its end'],
    ['2026-11-25T21:30:00Z', night, true, 'on a clock that is ahead, in winter'],
    ['2026-07-01T20:30:00Z', night, true, 'on a clock that is two hours ahead, in summer'],
    ['2026-07-01T04:00:00Z', night, false, 'after its end on the next day'],
    ['2026-07-01T03:59:00Z', night, true, 'before its end on the next day'],
    ['2026-11-28T02:00:00Z', { ...night, days: [5] }, true, 'on Saturday morning when it began on Friday'],
    ['2026-11-28T22:00:00Z', { ...night, days: [5] }, false, 'on Saturday night'],
    ['2026-11-28T12:00:00Z', { timezone: 'UTC', from: 0, to: 1_440, days: [6, 0] }, true, 'on Saturday'],
    ['2026-11-30T00:00:00Z', { timezone: 'UTC', from: 0, to: 1_440, days: [6, 0] }, false, 'on Monday'],
    ['2026-11-29T23:30:00Z', { timezone: 'Asia/Tokyo', from: 0, to: 1_440, days: [1] }, true, 'on Monday in Tokyo'],
    ['2026-03-29T01:30:00Z', { timezone: 'Europe/Berlin', from: 180, to: 240 }, true, 'in the hour after the leap'],
    ['2026-03-29T00:59:00Z', { timezone: 'Europe/Berlin', from: 120, to: 180 }, false, 'in an hour that is left out'],
    ['2026-11-25T23:59:00Z', { timezone: 'Asia/Kathmandu', from: 340, to: 345 }, true, 'in a zone of three quarters'],
  ]
  for (const [moment, time, expected, why] of cases)
    test(`${expected ? 'holds' : 'does not hold'} ${why}`, () => assert.equal(holds({ time }, at(moment)), expected))

  test('follows the clock through a change of the zone’s offset', () => {
    const policy = createWhen([{ when: { time: { timezone: 'Europe/Berlin', from: 180, to: 181 } }, use: special }])
    const seen: boolean[] = []
    for (const moment of [
      '2026-03-29T00:59:00Z',
      '2026-03-29T01:00:00Z',
      '2026-10-25T00:59:00Z',
      '2026-10-25T02:00:00Z',
    ])
      seen.push(policy(usual, at(moment)) === special)
    assert.deepEqual(seen, [false, true, false, true])
  })
})
