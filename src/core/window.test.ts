import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isTimeZone } from './time-zones.ts'
import { type CalendarUnit, countsFrom, countsUntil, periodAt, slotMs, type Window } from './window.ts'

const hourMs = 3_600_000

const lasting = (timezone: string, per: CalendarUnit, moment: string): readonly [string, number] => {
  const { start, end } = periodAt({ kind: 'calendar', per, timezone }, Date.parse(moment))
  return [new Date(start).toISOString().slice(0, 16), (end - start) / hourMs]
}

describe('calendar periods', () => {
  const cases: readonly (readonly [string, CalendarUnit, string, string, number])[] = [
    ['Europe/Berlin', 'day', '2026-03-29T12:00Z', '2026-03-28T23:00', 23],
    ['Europe/Berlin', 'day', '2026-10-25T23:59:59.999+01:00', '2026-10-24T22:00', 25],
    ['Europe/Berlin', 'day', '2026-11-24T00:00+01:00', '2026-11-23T23:00', 24],
    ['Europe/Berlin', 'hour', '2026-10-25T02:30+02:00', '2026-10-25T00:00', 1],
    ['Europe/Berlin', 'hour', '2026-10-25T02:30+01:00', '2026-10-25T01:00', 1],
    ['Europe/Berlin', 'week', '2026-03-29T12:00Z', '2026-03-22T23:00', 167],
    ['Europe/Berlin', 'month', '2026-10-31T22:59Z', '2026-09-30T22:00', 31 * 24 + 1],
    ['America/New_York', 'day', '2026-03-08T12:00Z', '2026-03-08T05:00', 23],
    ['America/New_York', 'day', '2026-11-01T12:00Z', '2026-11-01T04:00', 25],
    ['America/New_York', 'month', '2026-11-30T23:59:59-05:00', '2026-11-01T04:00', 30 * 24 + 1],
    ['Australia/Lord_Howe', 'day', '2026-10-04T12:00+11:00', '2026-10-03T13:30', 23.5],
    ['Australia/Lord_Howe', 'day', '2026-04-05T12:00+10:30', '2026-04-04T13:00', 24.5],
    ['Australia/Lord_Howe', 'hour', '2026-10-04T02:45+11:00', '2026-10-03T15:30', 0.5],
    ['Australia/Lord_Howe', 'hour', '2026-04-05T01:45+11:00', '2026-04-04T14:00', 1],
    ['Australia/Lord_Howe', 'hour', '2026-04-05T01:45+10:30', '2026-04-04T15:00', 0.5],
    ['Asia/Kolkata', 'day', '2026-11-24T00:00+05:30', '2026-11-23T18:30', 24],
    ['Asia/Kolkata', 'hour', '2026-11-24T10:29:59Z', '2026-11-24T09:30', 1],
    ['UTC', 'week', '2026-11-23T00:00Z', '2026-11-23T00:00', 168],
    ['UTC', 'week', '2026-11-22T23:59:59.999Z', '2026-11-16T00:00', 168],
    ['UTC', 'month', '2028-02-29T23:59:59Z', '2028-02-01T00:00', 29 * 24],
    ['UTC', 'month', '2026-12-31T23:59:59Z', '2026-12-01T00:00', 31 * 24],
    ['Africa/Cairo', 'day', '2026-04-24T12:00Z', '2026-04-23T22:00', 23],
  ]
  for (const [timezone, per, moment, start, hours] of cases)
    it(`the ${per} of ${moment} in ${timezone} starts at ${start} and lasts ${hours} hours`, () => {
      assert.deepEqual(lasting(timezone, per, moment), [start, hours])
    })

  it('a day that a zone skipped is no period', () => {
    const apia = (moment: string) => lasting('Pacific/Apia', 'day', moment)
    assert.deepEqual(apia('2011-12-30T09:59Z'), ['2011-12-29T10:00', 24])
    assert.deepEqual(apia('2011-12-30T10:00Z'), ['2011-12-30T10:00', 24])
  })

  it('a clock that is put back over midnight does not bring the day before back', () => {
    const day = (moment: string) => lasting('America/St_Johns', 'day', moment)
    assert.deepEqual(day('2010-11-07T02:29:59Z'), ['2010-11-06T02:30', 24])
    assert.deepEqual(day('2010-11-07T02:45Z'), ['2010-11-07T02:30', 25])
  })

  it('an unknown zone is an error', () => {
    assert.throws(() => periodAt({ kind: 'calendar', per: 'day', timezone: 'Mars/Olympus' }, 0), RangeError)
    assert.equal(isTimeZone('Mars/Olympus'), false)
    assert.equal(isTimeZone(''), false)
    assert.equal(isTimeZone('+05:30'), false)
    assert.equal(isTimeZone('Asia/Kolkata'), true)
    assert.equal(isTimeZone('UTC'), true)
  })
})

const from = Date.parse('2024-01-01T00:00Z')
const to = Date.parse('2030-01-01T00:00Z')
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC', 'America/Santiago']

/** Local date and hour as text, and the number of the week: slow, and with nothing of the code under test. */
const nameOf = (timezone: string, per: CalendarUnit, moment: number): string => {
  const text = new Date(moment).toLocaleString('sv-SE', { timeZone: timezone })
  const day = text.slice(0, 10)
  if (per === 'hour')
    return `${text.slice(0, 13)} ${new Date(moment).toLocaleString('en', { timeZone: timezone, timeZoneName: 'longOffset' }).split('GMT')[1]}`
  if (per === 'day') return day
  if (per === 'month') return day.slice(0, 7)
  return String(Math.floor((Date.parse(day) / 86_400_000 + 3) / 7))
}

describe('periods at any moment', () => {
  it('have one name from their first to their last millisecond, and another before and after', () => {
    const units: readonly CalendarUnit[] = ['hour', 'day', 'week', 'month']
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...units),
        fc.integer({ min: from, max: to }),
        (timezone, per, moment) => {
          const { start, end } = periodAt({ kind: 'calendar', per, timezone }, moment)
          assert.ok(start <= moment && moment < end)
          const name = nameOf(timezone, per, moment)
          assert.equal(nameOf(timezone, per, start), name)
          assert.equal(nameOf(timezone, per, end - 1), name)
          assert.notEqual(nameOf(timezone, per, start - 1), name)
          assert.notEqual(nameOf(timezone, per, end), name)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('follow each other without a gap', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: to }), (timezone, moment) => {
        const window: Window = { kind: 'calendar', per: 'day', timezone }
        const { start, end } = periodAt(window, moment)
        assert.equal(periodAt(window, end).start, end)
        assert.equal(periodAt(window, start - 1).end, start)
      }),
      { numRuns: 200 },
    )
  })

  it('total is one period', () => {
    assert.deepEqual(periodAt({ kind: 'total' }, 5), { start: 0, end: Number.POSITIVE_INFINITY })
    assert.equal(countsFrom({ kind: 'total' }, 5), 0)
  })
})

describe('rolling windows', () => {
  it('never let more than the limit into any stretch, however it is used', () => {
    const uses = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 20 })), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 50 }), uses, (ms, limit, wishes) => {
        const window: Window = { kind: 'rolling', ms }
        const slots: { start: number; amount: number }[] = []
        const used: { at: number; amount: number }[] = []
        let now = 0
        for (const [pause, wish] of wishes) {
          now += pause
          const oldest = countsFrom(window, now)
          const counted = slots.filter(({ start }) => start >= oldest).reduce((sum, { amount }) => sum + amount, 0)
          const amount = Math.min(wish, limit - counted)
          if (amount <= 0) continue
          slots.push({ start: periodAt(window, now).start, amount })
          used.push({ at: now, amount })
        }
        for (const { at } of used) {
          const inside = used.filter((other) => other.at > at - ms && other.at <= at)
          assert.ok(inside.reduce((sum, { amount }) => sum + amount, 0) <= limit)
        }
      }),
    )
  })

  it('count no longer than the stretch and one slot', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: from, max: to }), (ms, moment) => {
        const window: Window = { kind: 'rolling', ms }
        const { start } = periodAt(window, moment)
        const until = countsUntil(window, start)
        assert.ok(countsFrom(window, until - 1) <= start)
        assert.ok(countsFrom(window, until) > start)
        assert.ok(until - moment <= ms + slotMs(ms))
      }),
    )
  })
})
