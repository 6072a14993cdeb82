import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { periodAt } from '../core/window.ts'
import type { Charge } from '../stores/store.ts'
import { leasesNeverPass, walksLikeTheModel } from './ledger-properties.ts'
import {
  batchOf,
  becomesTrue,
  hourly,
  hourMs,
  leaseOf,
  listenTo,
  type OpenedLedgers,
  rolling,
  settleClock,
  shortageOf,
  standingOf,
  wantOf,
} from './ledger-suite-parts.ts'

type Test = (ledgers: OpenedLedgers) => Promise<void>

/** The behaviours that every ledger store must show, whatever it is made of. */
export const ledgerStoreSuite = (name: string, open: () => Promise<OpenedLedgers>): void => {
  describe(`${name} as a ledger store`, () => {
    let ledgers: OpenedLedgers
    beforeEach(async () => {
      ledgers = await open()
      settleClock(ledgers)
    })
    afterEach(() => ledgers.close())
    for (const [sentence, test] of Object.entries(tests)) it(sentence, () => test(ledgers))
  })
}

const leasing: Record<string, Test> = {
  'leases what is wished for while it is there, then the rest, then nothing': async ({ one, other }) => {
    assert.equal((await leaseOf(one, { wish: 70n })).amount, 70n)
    assert.equal((await leaseOf(other, { wish: 70n })).amount, 30n)
    assert.deepEqual(await shortageOf(one), {
      allowance: 'budget',
      subject: 'key:web',
      limit: 100n,
      settled: 0n,
      leased: 100n,
      free: 0n,
      resetsAt: undefined,
    })
  },
  'says with a slice how much is used by all': async ({ one, other }) => {
    await one.settle(batchOf(1, { bookings: [{ slice: (await leaseOf(one)).id, used: 4n, back: 1n }] }))
    const { settled, leased } = await leaseOf(other, { wish: 20n })
    assert.deepEqual({ settled, leased }, { settled: 4n, leased: 25n })
  },
  'leases nothing at all when one of several wants does not fit': async ({ one }) => {
    await leaseOf(one, { allowance: 'small', limit: 5n, wish: 5n })
    const answer = await one.lease([wantOf(), wantOf({ allowance: 'small', limit: 5n })])
    assert.ok(!answer.ok)
    assert.equal(answer.short.allowance, 'small')
    assert.equal((await leaseOf(one, { wish: 100n })).amount, 100n)
  },
  'sees what it just gave when one allowance is wanted twice': async ({ one }) => {
    const answer = await one.lease([wantOf({ least: 60n, wish: 60n }), wantOf({ least: 60n, wish: 60n })])
    assert.ok(!answer.ok)
    assert.equal(answer.short.free, 40n)
  },
  'keeps subjects of one allowance apart': async ({ one }) => {
    assert.equal((await leaseOf(one, { wish: 100n })).amount, 100n)
    assert.equal((await leaseOf(one, { wish: 100n, subject: 'key:app' })).amount, 100n)
  },
  'leases nothing more when the limit was lowered below what is used, and more when it was raised': async ({ one }) => {
    await leaseOf(one, { wish: 80n })
    assert.equal((await shortageOf(one, { limit: 50n })).free, 0n)
    assert.equal((await leaseOf(one, { limit: 200n, wish: 200n })).amount, 120n)
  },
  'knows limits beyond what a double holds': async ({ one }) => {
    const limit = 2n ** 63n - 1n
    const slice = await leaseOf(one, { limit, wish: limit - 1n })
    assert.equal(slice.amount, limit - 1n)
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 1n, back: limit - 3n }] }))
    assert.equal((await leaseOf(one, { limit, wish: limit })).amount, limit - 2n)
  },
}

const windows: Record<string, Test> = {
  'begins anew with the next period of a calendar window, and says when': async ({ one, now, pass }) => {
    const slice = await leaseOf(one, { window: hourly, wish: 100n })
    assert.deepEqual({ start: slice.start, end: slice.end }, periodAt(hourly, now()))
    assert.equal((await shortageOf(one, { window: hourly })).resetsAt, slice.end)
    pass(hourMs)
    assert.equal((await leaseOf(one, { window: hourly, wish: 100n })).start, slice.end)
  },
  'books a slice into the period it was leased in': async ({ one, pass }) => {
    const slice = await leaseOf(one, { window: hourly, wish: 100n })
    pass(hourMs)
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 100n, back: 0n }] }))
    assert.equal((await leaseOf(one, { window: hourly, wish: 100n })).amount, 100n)
  },
  'counts a slot of a rolling window until all of it is past': async ({ one, pass }) => {
    const slice = await leaseOf(one, { window: rolling, wish: 60n })
    pass(hourMs / 2)
    await leaseOf(one, { window: rolling, wish: 40n })
    pass(hourMs / 2)
    const { free, resetsAt } = await shortageOf(one, { window: rolling })
    assert.deepEqual({ free, resetsAt }, { free: 0n, resetsAt: slice.end + hourMs })
    pass(60_000)
    assert.equal((await leaseOf(one, { window: rolling, wish: 100n })).amount, 60n)
  },
  'never goes back in time when the clock of the machine does': async ({ one, pass }) => {
    const slice = await leaseOf(one, { window: hourly, wish: 100n })
    pass(-24 * hourMs)
    const { resetsAt, settled, leased } = await shortageOf(one, { window: hourly })
    assert.deepEqual({ resetsAt, settled, leased }, { resetsAt: slice.end, settled: 0n, leased: 100n })
  },
}

const booking: Record<string, Test> = {
  'settles what was used and frees what comes back': async ({ one }) => {
    const slice = await leaseOf(one, { wish: 50n })
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 20n, back: 10n }] }))
    assert.deepEqual(await standingOf(one), { settled: 20n, leased: 20n, lost: 0n })
    await one.settle(batchOf(2, { bookings: [{ slice: slice.id, used: 0n, back: 20n }] }))
    assert.equal((await leaseOf(one, { wish: 100n })).amount, 80n)
  },
  'books a batch once, however often it is tried': async ({ one }) => {
    const slice = await leaseOf(one, { wish: 50n })
    const charges = [chargeOf(7n)]
    const batch = batchOf(1, { bookings: [{ slice: slice.id, used: 20n, back: 0n }], charges })
    await Promise.all([one.settle(batch), one.settle(batch)])
    await one.settle(batch)
    assert.deepEqual(await standingOf(one), { settled: 27n, leased: 30n, lost: 0n })
  },
  'counts the batches of each process by themselves': async ({ one, other }) => {
    await one.settle(batchOf(1, { charges: [chargeOf(3n)] }))
    await other.settle(batchOf(1, { charges: [chargeOf(4n)] }))
    assert.equal((await standingOf(one)).settled, 7n)
  },
  'settles what was used beyond a slice all the same': async ({ one }) => {
    const slice = await leaseOf(one, { wish: 50n })
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 70n, back: 0n }] }))
    assert.deepEqual(await standingOf(one), { settled: 70n, leased: 0n, lost: 0n })
    await one.settle(batchOf(2, { bookings: [{ slice: slice.id, used: 20n, back: 0n }] }))
    assert.deepEqual(await standingOf(one), { settled: 90n, leased: 0n, lost: 0n })
  },
  'charges what has no slice, beyond the limit too': async ({ one }) => {
    await one.settle(batchOf(1, { charges: [chargeOf(60n), chargeOf(60n)] }))
    assert.equal((await standingOf(one)).settled, 120n)
    assert.equal((await shortageOf(one)).free, 0n)
  },
  'gives back what it holds when it closes': async ({ one, other }) => {
    await leaseOf(one, { wish: 100n })
    await one.close()
    assert.equal((await leaseOf(other, { wish: 100n })).amount, 100n)
  },
}

const chargeOf = (used: bigint, more: Partial<Charge> = {}): Charge => ({
  allowance: 'budget',
  subject: 'key:web',
  window: { kind: 'total' },
  limit: 100n,
  used,
  alerts: [],
  ...more,
})

const events: Record<string, Test> = {
  'counts who takes part': async ({ one, other }) => {
    listenTo(one)
    await leaseOf(one)
    await leaseOf(other)
    await becomesTrue(() => one.processes === 2 && other.processes === 2)
    await other.close()
    await becomesTrue(() => one.processes === 1)
  },
  'recalls from others what one finds too little of, and only that': async ({ one, other }) => {
    const heard = listenTo(one)
    await leaseOf(one, { wish: 100n })
    await leaseOf(one, { allowance: 'another' })
    await shortageOf(other)
    await becomesTrue(() => heard.recalled.length > 0)
    assert.deepEqual(new Set(heard.recalled), new Set(['budget']))
  },
  'tells of each threshold once, whichever process passes it': async ({ one, other }) => {
    const heard = [listenTo(one), listenTo(other)]
    const alerts = [50, 80, 100]
    await one.settle(batchOf(1, { charges: [chargeOf(49n, { alerts })] }))
    await other.settle(batchOf(1, { charges: [chargeOf(31n, { alerts })] }))
    await one.settle(batchOf(2, { charges: [chargeOf(10n, { alerts })] }))
    await other.settle(batchOf(2, { charges: [chargeOf(10n, { alerts }), chargeOf(10n, { alerts })] }))
    const told = () => heard.flatMap(({ crossed }) => crossed)
    await becomesTrue(() => told().length >= 3)
    assert.deepEqual(
      told().map(({ percent, settled }) => ({ percent, settled })),
      [
        { percent: 50, settled: 80n },
        { percent: 80, settled: 80n },
        { percent: 100, settled: 110n },
      ],
    )
  },
  'tells of thresholds that what was leased has passed': async ({ one }) => {
    const heard = listenTo(one)
    const slice = await leaseOf(one, { wish: 60n, alerts: [50] })
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 50n, back: 0n }] }))
    await becomesTrue(() => heard.crossed.length > 0)
    assert.deepEqual(heard.crossed, [
      { allowance: 'budget', subject: 'key:web', percent: 50, settled: 50n, limit: 100n, start: 0 },
    ])
  },
  'tells again in the next period': async ({ one, pass }) => {
    const heard = listenTo(one)
    const charges = [chargeOf(60n, { window: hourly, alerts: [50] })]
    await one.settle(batchOf(1, { charges }))
    pass(hourMs)
    await one.settle(batchOf(2, { charges }))
    await becomesTrue(() => heard.crossed.length === 2)
  },
}

const deaths: Record<string, Test> = {
  'charges money of the dead as lost, frees the rest, and tells who comes back': async ({ one, other, fence }) => {
    const heard = listenTo(one)
    await leaseOf(one, { wish: 60n })
    await leaseOf(one, { allowance: 'requests', onLoss: 'free', wish: 60n })
    await fence()
    await becomesTrue(async () => (await standingOf(other)).lost === 60n)
    assert.deepEqual(await standingOf(other), { settled: 60n, leased: 0n, lost: 60n })
    assert.equal((await leaseOf(other, { allowance: 'requests', wish: 100n })).amount, 100n)
    await becomesTrue(() => heard.fenced === 1)
    assert.equal((await leaseOf(one, { wish: 100n })).amount, 40n)
  },
  'turns what is lost into what was used when it is booked late': async ({ one, other, fence }) => {
    const slice = await leaseOf(one, { wish: 60n })
    await fence()
    await becomesTrue(async () => (await standingOf(other)).lost === 60n)
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 20n, back: 10n }] }))
    assert.deepEqual(await standingOf(other), { settled: 50n, leased: 0n, lost: 30n })
    await one.settle(batchOf(2, { bookings: [{ slice: slice.id, used: 40n, back: 0n }] }))
    assert.deepEqual(await standingOf(other), { settled: 60n, leased: 0n, lost: 0n })
  },
  'settles late what was not charged': async ({ one, other, fence }) => {
    const slice = await leaseOf(one, { wish: 60n, onLoss: 'free' })
    await fence()
    await becomesTrue(async () => (await standingOf(other)).leased === 0n)
    await one.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 20n, back: 40n }] }))
    assert.deepEqual(await standingOf(other), { settled: 20n, leased: 0n, lost: 0n })
  },
}

const properties: Record<string, Test> = {
  'answers every walk of leases and bookings as the model does': walksLikeTheModel,
  'never leases more than the limit to a crowd, and leaves nothing behind': leasesNeverPass,
}

const tests: Record<string, Test> = { ...leasing, ...windows, ...booking, ...events, ...deaths, ...properties }
