import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import type { Raw } from '../core/raw.ts'
import type { CallRecord } from '../core/record.ts'
import { cachedRoute, createFlightRig, type Leg, readAll, settle } from '../testing/flight-rig.ts'
import { callOf } from '../testing/sample-calls.ts'

const gone = new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
const failed = new GatewayError('upstream_failed', 'It failed.', { outcome: 'server' })

const legAt = (legs: readonly Leg[], at: number): Leg => {
  const leg = legs[at]
  assert.ok(leg, `there is a leg ${at}`)
  return leg
}

const costs = (records: readonly CallRecord[]): readonly (bigint | undefined)[] =>
  records.map(({ costNanos }) => costNanos)

describe('equal questions at the same time', () => {
  test('are asked once, and everybody gets the answer as it comes', async () => {
    const { ask, legs, records } = createFlightRig()
    const riders = Array.from({ length: 500 }, () => ask())
    assert.equal(legs.length, 1)
    const leg = legAt(legs, 0)
    leg.begin()
    const answers = await Promise.all(riders.map(({ answer }) => answer))
    leg.put('Hello')
    const firsts = await Promise.all(answers.map((answer) => answer.pull()))
    assert.ok(firsts.every((chunk) => chunk?.deltas[0]?.kind === 'text'))
    leg.put('you')
    leg.end()
    for (const answer of answers) assert.deepEqual((await readAll(answer)).pieces, ['1 you', '2 .'])
    assert.equal(records.length, 500)
    assert.ok(records.every(({ outcome, model }) => outcome === 'ok' && model === 'chat'))
    assert.deepEqual(
      costs(records).filter((cost) => cost !== 0n),
      [3n],
    )
    assert.equal(records.filter(({ attempts }) => attempts.length > 0).length, 1)
    const { notes } = riders[7]?.call ?? assert.fail()
    assert.deepEqual(notes.cache, { outcome: 'coalesced', target: 'up/m', savedMs: 0, savedNanos: 3n })
    assert.equal(riders[0]?.call.notes.cache, undefined)
  })

  test('have nothing in common in different scopes, nor with other questions', async () => {
    const { ask, legs } = createFlightRig()
    for (const [scope, question] of [
      ['team:a', 'one'],
      ['team:b', 'one'],
      ['team:a', 'two'],
    ])
      ask({ scope, question })
    assert.equal(legs.length, 3)
    for (const leg of legs) leg.refuse(failed)
    await settle()
  })

  test('are asked each for itself where the caller, the model or the question wants it so', async () => {
    const raw: Raw = { method: 'POST', path: '', headers: {}, body: undefined, replaySafe: true }
    const { request } = callOf()
    const wishes = [
      { call: { cacheWish: { read: false } } },
      { call: { identity: undefined } },
      { call: { request: { ...request, raw } } },
      { call: { request: { ...request, model: 'another' } } },
      { call: { caller: { key: 'web', models: ['other'] } } },
    ]
    for (const wish of wishes) {
      const { ask, legs } = createFlightRig()
      const riders = [ask(wish), ask(wish)]
      assert.equal(legs.length, 2, JSON.stringify(wish))
      for (const [at, leg] of legs.entries()) assert.equal(leg.call, riders[at]?.call)
    }
    const { ask, legs } = createFlightRig({ route: cachedRoute({ coalesce: false }) })
    ask()
    ask()
    assert.equal(legs.length, 2)
  })

  test('are asked again by who wants no answer that was begun too long ago', () => {
    const { ask, legs, clock } = createFlightRig()
    ask()
    clock.advance(50)
    ask({ call: { cacheWish: { maxAgeMs: 50 } } })
    assert.equal(legs.length, 1)
    clock.advance(1)
    ask({ call: { cacheWish: { maxAgeMs: 50 } } })
    assert.equal(legs.length, 2)
  })

  test('are asked anew when the answer is over', async () => {
    const { ask, legs } = createFlightRig()
    const first = ask()
    legAt(legs, 0).begin()
    legAt(legs, 0).end()
    const answer = await first.answer
    assert.deepEqual((await readAll(answer)).pieces, ['0 .'])
    ask()
    assert.equal(legs.length, 2)
  })

  test('are asked anew as soon as everything has come, though somebody still reads', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, follower] = [ask(), ask()]
    legAt(legs, 0).begin()
    legAt(legs, 0).end()
    await readAll(await leader.answer)
    ask()
    assert.equal(legs.length, 2)
    assert.deepEqual((await readAll(await follower.answer)).pieces, ['0 .'])
    assert.equal(legAt(legs, 0).call.signal.aborted, false, 'what is over is not stopped')
  })

  test('may come later, and get it from its beginning', async () => {
    const { ask, legs, clock } = createFlightRig()
    const first = ask()
    legAt(legs, 0).begin()
    legAt(legs, 0).put('Hello')
    const leading = await first.answer
    await leading.pull()
    clock.advance(30)
    const second = ask()
    assert.equal(legs.length, 1)
    legAt(legs, 0).end()
    assert.deepEqual((await readAll(await second.answer)).pieces, ['0 Hello', '1 .'])
    assert.deepEqual((await readAll(leading)).pieces, ['1 .'])
    assert.equal(second.call.notes.cache?.savedMs, 30)
    assert.equal(second.call.notes.firstTokenAt, 30)
  })

  test('share a whole answer, which is understood once', async () => {
    const { ask, legs } = createFlightRig()
    const riders = [ask(), ask(), ask()]
    legAt(legs, 0).begin('whole')
    legAt(legs, 0).put('.')
    for (const { answer } of riders) assert.deepEqual((await readAll(await answer)).pieces, ['0 .'])
  })

  test('are asked one by one where nobody else can read the answer', async () => {
    const { ask, legs, records } = createFlightRig({ reader: () => undefined })
    const riders = [ask(), ask()]
    legAt(legs, 0).begin()
    await settle()
    assert.equal(legs.length, 2)
    assert.equal(legAt(legs, 1).call, riders[1]?.call)
    for (const leg of legs) leg.end()
    legAt(legs, 1).begin()
    for (const { answer } of riders) await readAll(await answer)
    assert.deepEqual(costs(records), [1n, 1n])
  })
})

describe('answers of similar questions', () => {
  const semantic = { embed: { kind: 'ngrams' }, maxFalseHits: 0.01, check: 0, shadow: false } as const

  test('are shared only with those who would take them', () => {
    const { ask, legs } = createFlightRig({ route: cachedRoute({ semantic }) })
    for (const cacheWish of [undefined, { semantic: true }, { semantic: false }, { maxAgeMs: 5 }, { keep: false }])
      ask({ call: { cacheWish } })
    assert.equal(legs.length, 3)
  })

  test('are told as what they are to everybody', async () => {
    const { ask, legs } = createFlightRig({ route: cachedRoute({ semantic }) })
    const [leader, follower] = [ask(), ask()]
    leader.call.notes.cache = { outcome: 'semantic', ageMs: 7, target: 'up/m' }
    legAt(legs, 0).begin()
    legAt(legs, 0).end()
    await readAll(await follower.answer)
    assert.deepEqual(follower.call.notes.cache, { outcome: 'semantic', ageMs: 7, target: 'up/m' })
  })
})

const large = 300_000

describe('who reads slowly', () => {
  test('is dropped when it is a whole buffer behind, while the others go on', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, slow, fast] = [ask(), ask(), ask()]
    const leg = legAt(legs, 0)
    leg.begin()
    const answers = await Promise.all([leader.answer, fast.answer, slow.answer])
    for (let count = 0; count < 8; count++) leg.put('m', large)
    leg.end()
    await answers[2]?.pull()
    for (let count = 0; count < 9; count++) for (const answer of answers.slice(0, 2)) assert.ok(await answer.pull())
    await assert.rejects(async () => answers[2]?.pull(), { code: 'overloaded' })
    assert.equal(leg.line.outcome, 'ok')
  })

  test('is waited for when it leads, and the others get on to where it is', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, fast] = [ask(), ask()]
    const leg = legAt(legs, 0)
    leg.begin()
    for (let count = 0; count < 8; count++) leg.put('m', large)
    leg.end()
    const slow = await leader.answer
    const reading = readAll(await fast.answer)
    await settle()
    const second = await slow.pull()
    assert.equal(second?.deltas[0]?.kind, 'text')
    assert.equal(leg.isOver, false, 'what comes next waits for the one who leads')
    assert.equal((await readAll(slow)).pieces.length, 8)
    assert.equal((await reading).pieces.length, 9)
  })

  test('leads no more when it is gone: the fastest sets the pace', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, slow, fast] = [ask(), ask(), ask()]
    const leg = legAt(legs, 0)
    leg.begin()
    for (let count = 0; count < 8; count++) leg.put('m', large)
    leg.end()
    await leader.answer
    const reading = readAll(await fast.answer)
    await settle()
    leader.stop(gone)
    assert.equal((await reading).pieces.length, 9)
    await assert.rejects(async () => (await slow.answer).pull(), { code: 'overloaded' })
  })

  test('keeps nobody from asking anew: what was let go of cannot be joined', async () => {
    const { ask, legs } = createFlightRig()
    const leader = ask()
    legAt(legs, 0).begin()
    for (let count = 0; count < 8; count++) legAt(legs, 0).put('m', large)
    const answer = await leader.answer
    for (let count = 0; count < 8; count++) await answer.pull()
    ask()
    assert.equal(legs.length, 2)
  })

  test('understands what it reads in order, wherever it was overtaken', async () => {
    const { ask, legs } = createFlightRig()
    const [leader, fast] = [ask(), ask()]
    const leg = legAt(legs, 0)
    leg.begin()
    for (const word of ['one', 'two', 'm3', 'four', 'm5']) leg.put(word)
    leg.end()
    const slow = await leader.answer
    const held = await slow.pull()
    assert.equal((await readAll(await fast.answer)).text, 'onetwom3fourm5')
    assert.deepEqual(held?.deltas, [{ kind: 'text', choice: 0, block: 0, text: 'one' }])
    assert.equal((await readAll(slow)).text, 'twom3fourm5')
  })
})
