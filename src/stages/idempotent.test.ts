import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Answer } from '../core/answer.ts'
import { Chunk } from '../core/chunk.ts'
import { systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import type { IdempotencyStore } from '../stores/store.ts'
import { type Asking, KeyedWorld, settled } from '../testing/keyed-world.ts'
import { becomesTrue } from '../testing/ledger-suite-parts.ts'
import { callOf, targetOf } from '../testing/sample-calls.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { wireNamed } from '../wire/wires.ts'
import { idempotent } from './idempotent.ts'

const secret = new Uint8Array(32).fill(7)

const codeOf = ({ outcome }: Asking): string | undefined => (outcome instanceof GatewayError ? outcome.code : undefined)

const textOf = ({ outcome }: Asking): string | undefined =>
  typeof outcome === 'object' && 'text' in outcome ? outcome.text : undefined

const isOver = ({ outcome }: Asking): boolean => outcome !== undefined

describe('the same key again', () => {
  it('waits for the first call in the same process, and in another one', async () => {
    const world = new KeyedWorld(2)
    const first = world.ask(0, 'x')
    await settled()
    const others = [world.ask(0, 'x'), world.ask(1, 'x'), world.ask(1, 'x')]
    await settled()
    assert.equal(world.running.length, 1)
    world.running[0]?.end('whole')
    await becomesTrue(() => [first, ...others].every(isOver))
    assert.deepEqual([first, ...others].map(textOf), Array(4).fill('answer 1'))
    assert.deepEqual(
      [first, ...others].map(({ call }) => call.notes.idempotency),
      ['first', 'waited', 'waited', 'waited'],
    )
    assert.equal(world.upstream.length, 1)
  })

  for (const how of ['failed', 'cut'] as const)
    it(`asks anew when the first call ${how === 'cut' ? 'was cut' : how}`, async () => {
      const world = new KeyedWorld(2)
      const first = world.ask(0, 'x')
      await settled()
      const second = world.ask(1, 'x')
      await settled()
      world.running[0]?.end(how)
      await becomesTrue(() => isOver(first) && world.upstream.length === 2)
      assert.equal(codeOf(first), how === 'cut' ? 'upstream_garbled' : 'upstream_failed')
      world.running[0]?.end('whole')
      await becomesTrue(() => isOver(second))
      assert.equal(textOf(second), 'answer 2')
      assert.equal(second.call.notes.idempotency, 'first')
    })

  it('takes over when the first caller leaves', async () => {
    const world = new KeyedWorld(1)
    const first = world.ask(0, 'x')
    await settled()
    const second = world.ask(0, 'x')
    await settled()
    first.leave()
    await becomesTrue(() => world.upstream.length === 2)
    assert.equal(world.upstream[0]?.state, 'left')
    world.running[0]?.end('whole')
    await becomesTrue(() => isOver(second))
    assert.equal(textOf(second), 'answer 2')
  })

  it('takes over when the first process dies', async () => {
    const world = new KeyedWorld(2)
    world.ask(0, 'x')
    await settled()
    const second = world.ask(1, 'x')
    await settled()
    world.die(0)
    await becomesTrue(() => world.running.length === 1)
    world.running[0]?.end('whole')
    await becomesTrue(() => isOver(second))
    assert.equal(textOf(second), 'answer 2')
  })

  it('says so before its own time is over', async () => {
    const world = new KeyedWorld(1)
    world.ask(0, 'x')
    await settled()
    const second = world.ask(0, 'x', 200)
    await becomesTrue(() => isOver(second))
    assert.equal(codeOf(second), 'idempotency_conflict')
    assert.equal((second.outcome as GatewayError).details.retryAfterMs, 1_000)
    assert.equal(second.call.notes.idempotency, 'conflict')
    assert.equal(world.upstream.length, 1)
  })

  it('that waits and leaves is gone at once, and harms nobody', async () => {
    const world = new KeyedWorld(1)
    const first = world.ask(0, 'x')
    await settled()
    const second = world.ask(0, 'x')
    await settled()
    second.leave()
    await settled()
    assert.equal(codeOf(second), 'cancelled')
    world.running[0]?.end('whole')
    await becomesTrue(() => isOver(first))
    assert.equal(textOf(first), 'answer 1')
  })

  it('with another question is refused, before and after the end', async () => {
    const world = new KeyedWorld(2)
    const first = world.ask(0, 'x')
    await settled()
    const early = world.ask(1, 'y')
    await becomesTrue(() => isOver(early))
    world.running[0]?.end('whole')
    await becomesTrue(() => isOver(first))
    const late = world.ask(0, 'y')
    await becomesTrue(() => isOver(late))
    assert.deepEqual([codeOf(early), codeOf(late)], ['idempotency_mismatch', 'idempotency_mismatch'])
    assert.equal(world.upstream.length, 1)
  })
})

const process = fc.nat({ max: 1 })
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), process, question: fc.constantFrom('x', 'x', 'y') }),
  fc.record({ kind: fc.constant('ask' as const), process, question: fc.constantFrom('x', 'x', 'y') }),
  fc.record({
    kind: fc.constant('end' as const),
    how: fc.constantFrom('whole' as const, 'failed' as const, 'cut' as const),
  }),
  fc.record({ kind: fc.constant('leave' as const), at: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant('die' as const), process }),
)

/** At most one call is under way, none after one that was whole, and everybody got the same or was told why not. */
const check = (world: KeyedWorld): void => {
  assert.ok(world.running.length <= 1, 'two calls are under way')
  const at = world.upstream.findIndex(({ state }) => state === 'whole')
  if (at === -1) return
  assert.equal(world.upstream.length, at + 1, 'it was asked again')
  const { text, question } = world.upstream[at] as { text: string; question: string }
  for (const asking of world.askings) {
    if (textOf(asking) === undefined) continue
    assert.equal(textOf(asking), text)
    assert.equal(asking.question, question)
  }
}

describe('calls with one key, in any order', () => {
  it('come to one answer, whoever asks, leaves, fails or dies', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const world = new KeyedWorld(2)
        for (const each of steps) {
          if (each.kind === 'ask') world.ask(each.process, each.question)
          else if (each.kind === 'end') world.running[0]?.end(each.how)
          else if (each.kind === 'leave') world.askings[each.at]?.leave()
          else world.die(each.process)
          await settled()
          check(world)
        }
        await becomesTrue(() => {
          world.running[0]?.end('whole')
          check(world)
          return world.askings.every(isOver)
        })
        const whole = world.upstream.find(({ state }) => state === 'whole')
        if (!whole) return
        for (const asked of ['x', 'y']) {
          const last = world.ask(0, asked)
          await becomesTrue(() => isOver(last))
          if (asked === whole.question) assert.deepEqual(last.outcome, { text: whole.text, isReplay: true })
          else assert.equal(codeOf(last), 'idempotency_mismatch')
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a store that fails', () => {
  const stage = (broken: Partial<IdempotencyStore>) => {
    const store = createMemoryStore().idempotency
    return idempotent({ calls: { ...store, ...broken }, secret, wire: wireNamed, clock: systemClock })
  }
  const down = async (): Promise<never> => {
    throw new GatewayError('store_unavailable', 'The disk is full.')
  }
  const call = { ...callOf({ stream: true }), idempotencyKey: 'a key' }

  it('refuses calls with a key, and lets the others pass', async () => {
    const handle = stage({ claim: down })(answers(1))
    await assert.rejects(handle(call), { code: 'store_unavailable' })
    await handle({ ...call, idempotencyKey: undefined })
  })

  it('does not keep an answer back that it cannot keep', async () => {
    const handle = stage({ finish: down })(answers(2))
    for (let index = 0; index < 2; index++) {
      const chunks = []
      for await (const chunk of await handle({ ...call, notes: {} })) chunks.push(chunk)
      assert.equal(chunks.length, 1)
    }
  })
})

/** Answers so often, and no more. */
const answers = (most: number) => {
  let asked = 0
  return async (): Promise<Answer> => {
    assert.ok(++asked <= most, 'asked too often')
    const reader = openaiChat.reader('events')
    const text = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    const chunks = [new Chunk(Buffer.from(text), true, reader)]
    return new Answer(
      { wire: 'openai-chat', form: 'events', target: targetOf('up/m'), headers: {} },
      { pull: () => chunks.shift(), cancel: () => {} },
    )
  }
}
