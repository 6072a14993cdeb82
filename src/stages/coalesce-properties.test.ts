import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Answer } from '../core/answer.ts'
import type { AttemptLine } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import { createFlightRig, type FlightRig, type Leg, pieceOf, type Rider, settle } from '../testing/flight-rig.ts'

/** What happens next; numbers choose among those who are there. */
type Step =
  | { readonly do: 'ask'; readonly scope: string }
  | { readonly do: 'leave' | 'read'; readonly who: number }
  | { readonly do: 'begin' | 'end' | 'fail'; readonly leg: number }
  | {
      readonly do: 'refuse'
      readonly leg: number
      readonly code: 'budget_exhausted' | 'upstream_failed' | 'upstream_rejected'
    }
  | { readonly do: 'put'; readonly leg: number; readonly word: string; readonly padding: number }
  | { readonly do: 'rest' }

const number = fc.nat(1_000)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('ask' as const),
        scope: fc.constantFrom('team:a', 'team:a', 'team:a', 'team:b'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who: number }) },
    { weight: 10, arbitrary: fc.record({ do: fc.constant('read' as const), who: number }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), leg: number }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'fail' as const), leg: number }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('refuse' as const),
        leg: number,
        code: fc.constantFrom('budget_exhausted' as const, 'upstream_failed' as const, 'upstream_rejected' as const),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        leg: number,
        word: fc.constantFrom('m', 'w'),
        padding: fc.constantFrom(0, 0, 400_000, 700_000),
      }),
    },
    { weight: 5, arbitrary: fc.constant({ do: 'rest' as const }) },
  ),
  { minLength: 5, maxLength: 120, size: 'max' },
)

/** One who asks, and what it got. */
interface Guest {
  readonly rider: Rider
  readonly scope: string
  readonly got: string[]
  text: string
  answer: Answer | undefined
  reading: Promise<void> | undefined
  hasLeft: boolean
  ended: number
  error: GatewayError | undefined
}

/** A gateway, those who ask it, and the upstreams behind it. */
class World {
  readonly rig: FlightRig = createFlightRig()
  readonly guests: Guest[] = []

  async run(all: readonly Step[]): Promise<void> {
    for (const step of all) await this.#do(step)
    await this.#rest()
    await this.#finish()
    this.#check()
  }

  async #do(step: Step): Promise<void> {
    if (step.do === 'ask') this.#ask(step.scope)
    else if (step.do === 'rest') await this.#rest()
    else if ('who' in step) {
      const guest = this.guests[step.who % this.guests.length]
      if (guest && step.do === 'leave') this.#leave(guest)
      else if (guest) this.#read(guest)
    } else {
      const leg = this.rig.legs[step.leg % this.rig.legs.length]
      if (leg && !leg.isOver) this.#upstream(leg, step)
    }
  }

  #upstream(leg: Leg, step: Extract<Step, { readonly leg: number }>): void {
    const isClosed = closed.has(leg)
    if (step.do === 'begin' && !leg.isBegun) leg.begin()
    else if (step.do === 'refuse' && !leg.isBegun) leg.refuse(new GatewayError(step.code, 'No.'))
    else if (step.do === 'put' && !isClosed) leg.put(step.word, step.padding)
    else if ((step.do === 'end' || step.do === 'fail') && !isClosed) {
      closed.add(leg)
      if (step.do === 'end') leg.end()
      else leg.fail(new GatewayError('upstream_failed', 'It broke.', { outcome: 'ambiguous' }))
    }
  }

  #ask(scope: string): void {
    const rider = this.rig.ask({ scope })
    const guest: Guest = {
      rider,
      scope,
      got: [],
      text: '',
      answer: undefined,
      reading: undefined,
      hasLeft: false,
      ended: 0,
      error: undefined,
    }
    rider.answer.then(
      (answer) => {
        guest.answer = answer
      },
      (error) => {
        guest.ended++
        guest.error = error
      },
    )
    this.guests.push(guest)
  }

  #leave(guest: Guest): void {
    if (guest.ended > 0) return
    guest.hasLeft = true
    guest.rider.stop(new GatewayError('cancelled', 'Gone.', { outcome: 'cancelled' }))
  }

  #read(guest: Guest): void {
    const { answer } = guest
    if (!answer || guest.reading || guest.ended > 0) return
    const one = async (): Promise<void> => {
      try {
        const chunk = await answer.pull()
        if (chunk === undefined) guest.ended++
        else {
          guest.got.push(pieceOf(chunk))
          for (const delta of chunk.deltas) if (delta.kind === 'text') guest.text += `${delta.text} `
        }
      } catch (thrown) {
        guest.ended++
        guest.error = thrown as GatewayError
      }
      guest.reading = undefined
    }
    guest.reading = one()
  }

  /** When everything is done that can be done, upstreams are under way only for those who are still there. */
  async #rest(): Promise<void> {
    await settle()
    for (const scope of ['team:a', 'team:b']) {
      const legs = this.rig.legs.filter(({ isOver, call }) => !isOver && call.identity?.scope === scope)
      const guests = this.guests.filter((guest) => !guest.hasLeft && guest.ended === 0 && guest.scope === scope)
      assert.ok(legs.length <= guests.length, 'an upstream goes on for nobody')
    }
  }

  /** Everybody reads to the end of what every upstream then says. */
  async #finish(): Promise<void> {
    for (let turn = 0; turn < 2_000; turn++) {
      for (const leg of this.rig.legs) {
        if (leg.isOver) continue
        if (!leg.isBegun) leg.begin()
        if (!closed.has(leg)) {
          closed.add(leg)
          leg.end()
        }
      }
      for (const guest of this.guests) this.#read(guest)
      await settle()
      if (this.guests.every(({ ended }) => ended > 0)) return
    }
    assert.fail('somebody never came to an end')
  }

  #check(): void {
    const { legs, records } = this.rig
    for (const guest of this.guests) this.#checkGuest(guest)
    assert.ok(
      legs.every(({ isOver }) => isOver),
      'an upstream is still under way',
    )
    const lines: AttemptLine[] = records.flatMap(({ attempts }) => attempts)
    assert.equal(new Set(lines).size, lines.length, 'an attempt is told of twice')
    assert.deepEqual(new Set(lines), new Set(legs.map(({ line }) => line)), 'an attempt is not told of')
    assert.equal(
      records.reduce((sum, { costNanos }) => sum + (costNanos ?? -1_000_000n), 0n),
      legs.reduce((sum, { line }) => sum + (line.costNanos ?? 0n), 0n),
      'what was paid is not what was charged',
    )
    const own = records.filter(({ notes }) => notes.purpose === 'flight').length
    assert.equal(records.length - own, this.guests.length)
    seen.flights += own
    for (const { error, rider, hasLeft } of this.guests) {
      if (error?.code === 'overloaded') seen.dropped++
      if (rider.call.notes.cache?.outcome === 'coalesced') seen.followed++
      if (hasLeft) seen.left++
    }
  }

  /** What it got is a beginning of one answer to its own scope, and all of it where nothing went wrong. */
  #checkGuest({ rider, got, text, error, hasLeft, scope, ended }: Guest): void {
    assert.equal(ended, 1, 'somebody came to an end twice')
    const legs = this.rig.legs.filter(
      ({ call, pieces }) => call.identity?.scope === scope && got.every((piece, at) => pieces[at] === piece),
    )
    assert.ok(legs.length > 0, 'somebody got what no upstream said to it in this order')
    const said = got.filter((piece) => !piece.endsWith('.')).map((piece) => `${piece.split(' ')[1]} `)
    assert.equal(text, said.join(''), 'it means something else than it says')
    if (error === undefined)
      assert.ok(got.at(-1)?.endsWith(' .'), `${rider.call.id} got a part as if it were the whole`)
    else if (!hasLeft) assert.match(error.code, /^(budget_exhausted|upstream_failed|upstream_rejected|overloaded)$/)
  }
}

/** What happened at all, so that nothing is proved of what never did. */
const seen = { flights: 0, dropped: 0, followed: 0, left: 0 }

/** Upstreams that say nothing more. */
const closed = new WeakSet<Leg>()

test('whatever comes in whatever order, everybody who stays gets one answer whole, and every attempt is paid once', async () => {
  await fc.assert(
    fc.asyncProperty(steps, (all) => new World().run(all)),
    { numRuns: 300 },
  )
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `${what} never happened`)
})
