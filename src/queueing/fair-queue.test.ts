import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Priority } from '../core/priority.ts'
import { FairQueue, type Seat, type Waiting } from './fair-queue.ts'

interface Guest extends Waiting {
  readonly id: number
}

let ids = 0
const guest = (tenant: string, more: Partial<Guest> = {}): Guest => ({
  id: ++ids,
  tenant,
  weight: 1,
  priority: 'normal',
  cost: 1,
  since: 0,
  ...more,
})

const serve = (queue: FairQueue<Guest>, now = 0): Guest | undefined => {
  const seat = queue.next(now)
  if (seat) queue.take(seat, now)
  return seat?.value
}

/** All who wait, each with how much is served until its turn is over. */
const shownIn = (queue: FairQueue<Guest>): Guest[] => {
  const shown: Guest[] = []
  queue.visit(({ value }) => shown.push(value))
  return shown
}

const join = (queue: FairQueue<Guest>, one: Guest): Seat<Guest> => {
  const seat = queue.join(one, 0)
  if (typeof seat === 'string') throw new Error(seat)
  return seat
}

/** A tenant that is alone may fill the queue; with another in it each has its quarter, so the queue is made large. */
const filled = (tenants: Readonly<Record<string, Partial<Guest>>>, each: number): FairQueue<Guest> => {
  const queue = new FairQueue<Guest>(each * 8 * Object.keys(tenants).length, () => undefined)
  for (let index = 0; index < each; index++)
    for (const [name, more] of Object.entries(tenants)) join(queue, guest(name, more))
  return queue
}

describe('fair shares', () => {
  test('tenants of equal weight take turns, however many calls one of them sends', () => {
    const queue = new FairQueue<Guest>(400, () => undefined)
    for (let index = 0; index < 90; index++) join(queue, guest('noisy'))
    for (let index = 0; index < 5; index++) join(queue, guest('quiet'))
    const served = Array.from({ length: 10 }, () => serve(queue)?.tenant)
    assert.equal(served.filter((tenant) => tenant === 'quiet').length, 5)
  })

  test('weights and costs decide how much each gets, within three hundredths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ weight: fc.integer({ min: 1, max: 8 }), cost: fc.integer({ min: 1, max: 20 }) }), {
          minLength: 2,
          maxLength: 5,
        }),
        (kinds) => {
          const tenants = Object.fromEntries(kinds.map((kind, index) => [`t${index}`, kind]))
          const queue = filled(tenants, 4_000)
          const got = new Map<string, number>()
          const turns = new Map<string, number>()
          let all = 0
          const weights = kinds.reduce((sum, { weight }) => sum + weight, 0)
          // Until the first of them has nothing left to wait for.
          while (Math.max(0, ...turns.values()) < 4_000) {
            const served = serve(queue)
            if (!served) break
            got.set(served.tenant, (got.get(served.tenant) ?? 0) + served.cost)
            all += served.cost
            turns.set(served.tenant, (turns.get(served.tenant) ?? 0) + 1)
          }
          kinds.forEach(({ weight }, index) => {
            const share = (got.get(`t${index}`) ?? 0) / all
            assert.ok(Math.abs(share - weight / weights) <= 0.03, `t${index} has ${share} of ${weight}/${weights}`)
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  test('of two who wait all the time neither is ever ahead by more than one call of each, by their weights', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })), {
          minLength: 50,
          maxLength: 50,
        }),
        fc.integer({ min: 1, max: 5 }),
        (costs, weight) => {
          const queue = new FairQueue<Guest>(10_000, () => undefined)
          for (const [one, other] of costs) {
            join(queue, guest('one', { cost: one }))
            join(queue, guest('other', { cost: other, weight }))
          }
          const got = { one: 0, other: 0 }
          const left = { one: costs.length, other: costs.length }
          while (left.one > 0 && left.other > 0) {
            const served = serve(queue)
            assert.ok(served)
            const tenant = served.tenant as 'one' | 'other'
            left[tenant]--
            got[tenant] += served.cost / served.weight
            assert.ok(Math.abs(got.one - got.other) <= 50 + 50 / weight)
          }
        },
      ),
    )
  })

  test('who used more than was reckoned with waits the longer for it', () => {
    const queue = filled({ one: {}, other: {} }, 20)
    const first = queue.next(0)
    assert.ok(first)
    queue.take(first, 0)
    first.tenant.debt += 9
    const next = Array.from({ length: 12 }, () => serve(queue)?.tenant)
    assert.ok(next.filter((tenant) => tenant === first.value.tenant).length <= 2, `${next}`)
  })
})

describe('priorities', () => {
  const of = (queue: FairQueue<Guest>, turns: number, now: number): (Priority | undefined)[] =>
    Array.from({ length: turns }, () => serve(queue, now)?.priority)

  test('the more urgent come first', () => {
    const queue = filled({ a: { priority: 'low' }, b: { priority: 'high' }, c: {} }, 2)
    assert.deepEqual(of(queue, 6, 0), ['high', 'high', 'normal', 'normal', 'low', 'low'])
  })

  test('who has waited for five seconds behind others gets every fourth turn', () => {
    const queue = filled({ a: { priority: 'low' }, b: { priority: 'high' } }, 40)
    const served = of(queue, 40, 5_000)
    assert.equal(served.filter((priority) => priority === 'low').length, 10)
  })

  test('nobody waits for ever: after five seconds, for no more than four turns for each before it of its priority', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 4 }), (before, tenants) => {
        const queue = new FairQueue<Guest>(1_000_000, () => undefined)
        for (let index = 0; index < before; index++) join(queue, guest(`t${index % tenants}`, { priority: 'low' }))
        const last = guest('last', { priority: 'low' })
        join(queue, last)
        let turns = 0
        for (;;) {
          // The urgent never stop coming.
          join(queue, guest('urgent', { priority: 'high', since: 5_000 }))
          turns++
          if (serve(queue, 5_000) === last) break
          assert.ok(turns <= 4 * (before + 1), `${turns} turns`)
        }
      }),
    )
  })
})

describe('places', () => {
  test('a tenant that is alone has them all, and loses the latest of what is over its quarter to newcomers', () => {
    const evicted: Guest[] = []
    const queue = new FairQueue<Guest>(8, (one) => evicted.push(one))
    const all = Array.from({ length: 8 }, () => guest('first'))
    for (const each of all) join(queue, each)
    assert.equal(queue.join(guest('first'), 0), 'full')
    join(queue, guest('second'))
    assert.deepEqual(evicted, [all[7]])
    assert.equal(queue.join(guest('first'), 0), 'share')
    assert.equal(queue.size, 8)
  })

  test('beside others nobody gets more than a quarter', () => {
    const queue = new FairQueue<Guest>(100, () => undefined)
    join(queue, guest('other'))
    let taken = 0
    while (queue.join(guest('greedy'), 0) !== 'share') taken++
    assert.equal(taken, 25)
  })

  test('whatever comes, leaves and is served: each ends exactly once, and the places always add up', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('join' as const),
        tenant: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        priority: fc.constantFrom<Priority>('high', 'normal', 'low'),
        cost: fc.integer({ min: 1, max: 9 }),
        weight: fc.constantFrom(0.5, 1, 3),
      }),
      fc.record({ kind: fc.constant('serve' as const) }),
      fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }),
      fc.record({ kind: fc.constant('wait' as const) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (steps, length) => {
        const queue = new FairQueue<Guest>(length, (one) => assert.ok(inside.delete(one)))
        const inside = new Map<Guest, Seat<Guest>>()
        let now = 0
        for (const each of steps) {
          if (each.kind === 'wait') now += 2_000
          else if (each.kind === 'join') {
            const one = guest(each.tenant, { ...each, since: now })
            const seat = queue.join(one, now)
            if (typeof seat !== 'string') inside.set(one, seat)
          } else if (each.kind === 'serve') {
            const served = serve(queue, now)
            assert.equal(served === undefined, inside.size === 0)
            if (served) assert.ok(inside.delete(served))
          } else {
            const [found] = [...inside.entries()].slice(each.which % Math.max(1, inside.size))
            if (!found) continue
            queue.leave(found[1], now)
            queue.leave(found[1], now)
            inside.delete(found[0])
          }
          assert.equal(queue.size, inside.size)
          assert.ok(queue.size <= length)
          const cost = [...inside.keys()].reduce((sum, one) => sum + one.cost, 0)
          assert.equal(queue.cost, cost)
          assert.deepEqual(new Set(shownIn(queue)), new Set(inside.keys()))
        }
        for (let left = inside.size; left > 0; left--) assert.ok(inside.delete(serve(queue, now) as Guest))
        assert.equal(serve(queue, now), undefined)
      }),
    )
  })
})
