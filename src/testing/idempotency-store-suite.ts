import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Claimed, IdempotencyStore, KeyedCall } from '../stores/store.ts'
import { hostileNames } from './control-store-suite.ts'
import { becomesTrue } from './ledger-suite-parts.ts'

/** One store of calls with a key as two processes have it. */
export interface OpenedIdempotency {
  readonly one: IdempotencyStore
  readonly other: IdempotencyStore
  /** Moves the store's clock on. */
  pass(ms: number): void
  /** Ends the process of `one`, or makes it look like that. */
  die(): Promise<void>
  close(): Promise<void>
}

const minuteMs = 60_000
const dayMs = 86_400_000

const callOf = (more: Partial<KeyedCall> = {}): KeyedCall => ({
  name: 'a key',
  asked: 'a question',
  owner: 'web',
  leaseMs: minuteMs,
  ...more,
})

const answer = Buffer.from('the answer')

const claimed = async (store: IdempotencyStore, more?: Partial<KeyedCall>): Promise<number> => {
  const given = await store.claim(callOf(more))
  assert.equal(given.kind, 'mine')
  return (given as Extract<Claimed, { kind: 'mine' }>).fence
}

const kindOf = async (store: IdempotencyStore, more?: Partial<KeyedCall>): Promise<string> =>
  (await store.claim(callOf(more))).kind

const answered = async (store: IdempotencyStore, more?: Partial<KeyedCall>): Promise<string> => {
  const given = await store.claim(callOf(more))
  assert.equal(given.kind, 'done')
  return Buffer.from((given as Extract<Claimed, { kind: 'done' }>).answer).toString()
}

type Check = (behaviour: string, body: (opened: OpenedIdempotency) => Promise<void>) => void

/** What every store of calls with a key does, checked. */
export const idempotencyStoreSuite = (name: string, open: () => Promise<OpenedIdempotency>): void => {
  const check: Check = (behaviour, body) => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }
  describe(`${name}: claims`, () => claims(check))
  describe(`${name}: answers`, () => answers(check))
  describe(`${name}: calls with a key, against a model`, () => model(check))
}

const claims = (check: Check): void => {
  check('one of many who ask at once is to ask', async ({ one, other }) => {
    const all = await Promise.all(Array.from({ length: 40 }, (_, index) => kindOf(index % 2 ? one : other)))
    assert.deepEqual(all.toSorted(), ['mine', ...Array(39).fill('running')])
  })

  check('another question under the same key is told so, while it runs and after', async ({ one, other }) => {
    const fence = await claimed(one)
    assert.equal(await kindOf(other, { asked: 'something else' }), 'mismatch')
    await one.finish(fence, answer, dayMs)
    assert.equal(await kindOf(other, { asked: 'something else' }), 'mismatch')
  })

  check('keys do not touch each other, whatever they are named', async ({ one }) => {
    for (const name of hostileNames) await one.finish(await claimed(one, { name }), Buffer.from(name), dayMs)
    for (const name of hostileNames) assert.equal(await answered(one, { name }), name)
  })

  check('a claim that is freed is anybody’s, for any question', async ({ one, other }) => {
    await one.free(await claimed(one))
    const fence = await claimed(other, { asked: 'something else' })
    await other.free(fence)
    await claimed(one)
  })

  check('a claim is over when its time is', async ({ one, other, pass }) => {
    await claimed(one)
    pass(minuteMs - 5_000)
    assert.equal(await kindOf(other), 'running')
    pass(10_000)
    await claimed(other, { asked: 'something else' })
  })

  check('a claim is free when its process is gone', async ({ one, other, die }) => {
    await claimed(one, { leaseMs: dayMs })
    assert.equal(await kindOf(other), 'running')
    await die()
    await becomesTrue(async () => (await kindOf(other)) === 'mine')
  })
}

const answers = (check: Check): void => {
  check('what was finished is given to everybody who asks the same', async ({ one, other }) => {
    const fence = await claimed(one)
    assert.equal(await one.finish(fence, answer, dayMs), true)
    assert.equal(await answered(one), 'the answer')
    assert.equal(await answered(other), 'the answer')
  })

  check('an answer stays when its process is gone, and nobody can free it', async ({ one, other, die }) => {
    const fence = await claimed(one)
    await one.finish(fence, answer, dayMs)
    await one.free(fence)
    await die()
    assert.equal(await answered(other), 'the answer')
  })

  check('answers of any size and any bytes come back as they were', async ({ one, other }) => {
    for (const size of [0, 1, 65_537, 4 * 1024 * 1024]) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + size) & 255)
      const name = `of ${size}`
      await one.finish(await claimed(one, { name }), bytes, dayMs)
      const given = await other.claim(callOf({ name }))
      assert.equal(given.kind, 'done')
      assert.equal(Buffer.compare(bytes, (given as Extract<Claimed, { kind: 'done' }>).answer), 0)
    }
  })

  check('an answer is kept as long as was said', async ({ one, other, pass }) => {
    await one.finish(await claimed(one), answer, dayMs)
    pass(dayMs - minuteMs)
    assert.equal(await answered(other), 'the answer')
    pass(2 * minuteMs)
    await claimed(other)
  })

  check('whoever lost a claim can neither finish nor free it', async ({ one, other, pass }) => {
    const lost = await claimed(one)
    pass(2 * minuteMs)
    const fence = await claimed(other)
    assert.notEqual(fence, lost)
    assert.equal(await one.finish(lost, Buffer.from('too late'), dayMs), false)
    await one.free(lost)
    assert.equal(await kindOf(one), 'running')
    assert.equal(await other.finish(fence, answer, dayMs), true)
    assert.equal(await answered(one), 'the answer')
  })

  check('a number is never given twice', async ({ one }) => {
    const seen = new Set<number>()
    for (let index = 0; index < 20; index++) {
      const fence = await claimed(one)
      assert.ok(!seen.has(fence))
      seen.add(fence)
      await one.free(fence)
    }
  })
}

/** What a key is at the moment, as simply as it can be said. */
interface Known {
  readonly asked: string
  readonly fence: number
  answer?: string
}

const step = fc.record({
  name: fc.constantFrom('a', 'b'),
  asked: fc.constantFrom('x', 'y'),
  by: fc.constantFrom('one', 'other'),
  action: fc.constantFrom('claim', 'claim', 'finish', 'free', 'finish the first'),
})

const model = (check: Check): void => {
  check('any order of claims and ends is as the model has it', async ({ one, other }) => {
    const stores = { one, other } as const
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const prefix = `${++run} `
        const known = new Map<string, Known>()
        const fences: number[] = []
        for (const { name, asked, by, action } of steps) {
          const store = stores[by]
          const current = known.get(name)
          if (action === 'claim') {
            const given = await store.claim(callOf({ name: prefix + name, asked }))
            const expected =
              current === undefined
                ? 'mine'
                : current.asked !== asked
                  ? 'mismatch'
                  : current.answer === undefined
                    ? 'running'
                    : 'done'
            assert.equal(given.kind, expected)
            if (given.kind === 'mine') {
              fences.push(given.fence)
              known.set(name, { asked, fence: given.fence })
            }
            if (given.kind === 'done') assert.equal(Buffer.from(given.answer).toString(), current?.answer)
          } else {
            const fence = action === 'finish the first' ? fences[0] : current?.fence
            if (fence === undefined) continue
            const owner = [...known].find(([, each]) => each.fence === fence && each.answer === undefined)
            if (action === 'free') {
              await store.free(fence)
              if (owner) known.delete(owner[0])
            } else {
              assert.equal(await store.finish(fence, Buffer.from(`${fence}`), dayMs), owner !== undefined)
              if (owner) owner[1].answer = `${fence}`
            }
          }
        }
      }),
      { numRuns: 25 },
    )
  })
}
