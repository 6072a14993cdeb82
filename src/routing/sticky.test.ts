import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Call, Caller } from '../core/call.ts'
import type { Chat } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { createFakeClock } from '../testing/clock.ts'
import { callOf, targetOf } from '../testing/sample-calls.ts'
import { createHealth } from './health.ts'
import { createHealthy } from './healthy.ts'
import { rendezvous } from './rendezvous.ts'
import { createSticky, type StickyKind } from './sticky.ts'

const targets = ['a/one', 'b/two', 'c/three', 'd/four'].map((id) => targetOf(id))

const firstOf = (policyTargets: readonly Target[], call: Call, by?: readonly StickyKind[]): string | undefined =>
  createSticky(by)(policyTargets, call)[0]?.id

const session = (name: string): Call => callOf({ caller: { key: 'web', session: name } })

describe('sticky', () => {
  const same: readonly (readonly [name: string, by: StickyKind | undefined, caller: Partial<Caller>])[] = [
    ['a session', undefined, { session: 's-1' }],
    ['an end user without a session', undefined, { endUser: 'e-1' }],
    ['a user without either', undefined, { user: 'u-1' }],
    ['a key where nothing else is known', undefined, {}],
    ['a user, whatever the session', 'user', { user: 'u-1' }],
  ]
  for (const [name, by, caller] of same)
    test(`keeps together the calls of ${name}`, () => {
      const seen = new Set<string | undefined>()
      for (let count = 0; count < 20; count++) {
        const others = by === 'user' ? { session: `s-${count}` } : {}
        const call = callOf({ caller: { key: 'web', ...others, ...caller } })
        seen.add(firstOf(targets, call, by && [by]))
      }
      assert.equal(seen.size, 1)
    })

  test('keeps together calls whose prompts begin alike, and a conversation that grows', () => {
    const text = 'You are a careful assistant. '.repeat(60)
    const chat = (question: string): Partial<Chat> => ({
      messages: [
        { role: 'system', parts: [{ kind: 'text', text }] },
        { role: 'user', parts: [{ kind: 'text', text: question }] },
      ],
    })
    const seen = new Set<string | undefined>()
    for (let count = 0; count < 20; count++) seen.add(firstOf(targets, callOf({ chat: chat(`${count}`) }), ['prefix']))
    assert.equal(seen.size, 1)
  })

  test('goes by the affinity that a caller gives its prompts', () => {
    const by = (cacheKey: string, text: string): string | undefined =>
      firstOf(targets, callOf({ chat: { cacheKey, messages: [{ role: 'user', parts: [{ kind: 'text', text }] }] } }), [
        'prefix',
      ])
    for (let count = 0; count < 10; count++) assert.equal(by(`k-${count}`, 'one'), by(`k-${count}`, 'another'))
  })

  test('keeps the order where a call has nothing to go by', () => {
    assert.deepEqual(createSticky(['session'])(targets, callOf()), targets)
  })

  test('gives a sick target’s calls to others and gives them back when it is well', () => {
    const clock = createFakeClock()
    const health = createHealth({ clock, consecutive: 1, ejectMs: 1_000 })
    const healthy = createHealthy(health)
    const sticky = createSticky()
    const choose = (call: Call): string | undefined => healthy(sticky(targets, call), call)[0]?.id
    const calls = Array.from({ length: 40 }, (_, index) => session(`s-${index}`))
    const before = calls.map(choose)
    const sick = targets[1] as Target
    health.begin(sick)
    health.end(sick, 'server')
    const during = calls.map(choose)
    assert.ok(!during.includes(sick.id))
    during.forEach((id, index) => {
      if (before[index] !== sick.id) assert.equal(id, before[index], 'who was elsewhere stays there')
    })
    clock.advance(1_001)
    assert.deepEqual(calls.map(choose), before)
  })

  const sessions = 4_000

  test('shares sessions by weight', () => {
    const weighted = [targetOf('a/one', 1), targetOf('b/two', 3), targetOf('c/three', 6)]
    const counts = new Map<string | undefined, number>()
    for (let count = 0; count < sessions; count++) {
      const id = firstOf(weighted, session(`s-${count}`))
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    for (const { id, weight } of weighted) {
      const share = (counts.get(id) ?? 0) / sessions
      assert.ok(Math.abs(share - weight / 10) < 0.03, `${id} has ${share}`)
    }
  })

  const someTargets = fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9.-]{1,12}$/), fc.integer({ min: 1, max: 20 })), {
      minLength: 2,
      maxLength: 8,
      selector: ([id]) => id,
    })
    .map((list) => list.map(([id, weight]) => targetOf(id, weight)))

  test('moves only to a target that is new, and no more than its share', () => {
    fc.assert(
      fc.property(someTargets, fc.integer(), (all, salt) => {
        const [added, ...before] = all as [Target, ...Target[]]
        let moved = 0
        const keys = 1_000
        for (let count = 0; count < keys; count++) {
          const key = Math.imul(count + 1, 0x9e3779b1) ^ salt
          const old = rendezvous(key, before)[0]
          const now = rendezvous(key, all)[0]
          if (old !== now) {
            assert.equal(now, added)
            moved++
          }
        }
        const share = added.weight / all.reduce((sum, { weight }) => sum + weight, 0)
        // Five standard deviations of so many draws.
        assert.ok(moved / keys <= share + 5 * Math.sqrt((share * (1 - share)) / keys) + 0.005, `${moved} of ${keys}`)
      }),
      { numRuns: 60 },
    )
  })

  test('moves only the calls of a target that goes, each to its next', () => {
    fc.assert(
      fc.property(someTargets, fc.integer(), (all, key) => {
        const [first, second] = rendezvous(key, all)
        for (const gone of all) {
          const left = rendezvous(
            key,
            all.filter((target) => target !== gone),
          )
          if (left.length > 0) assert.equal(left[0], gone === first ? second : first)
        }
      }),
    )
  })

  test('does not depend on the order in which targets are written', () => {
    fc.assert(
      fc.property(someTargets, fc.integer(), (all, key) => {
        assert.deepEqual(rendezvous(key, all.toReversed()), rendezvous(key, all))
      }),
    )
  })

  test('moves calls only towards a target whose weight rises', () => {
    fc.assert(
      fc.property(someTargets, fc.integer(), (all, key) => {
        const [chosen, ...others] = all as [Target, ...Target[]]
        const heavier = targetOf(chosen.id, chosen.weight * 2)
        const before = rendezvous(key, all)[0]?.id
        const after = rendezvous(key, [heavier, ...others])[0]?.id
        assert.ok(after === before || after === heavier.id)
      }),
    )
  })
})
