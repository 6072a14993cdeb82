import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { AnswerCache, CacheEntry, CacheFilter } from '../stores/store.ts'
import { type AnswersUnderTest, entryWith, plainEntry } from './answer-cache-parts.ts'

const scopes = ['team:a', 'team:b', 'key:c']
const keyCount = 9
const index = fc.nat({ max: keyCount - 1 })

/** A key belongs to one scope, as it is made from it. */
const scopeOf = (key: number): string => scopes[key % scopes.length] as string

type Step =
  | {
      readonly kind: 'put'
      readonly key: number
      readonly salt: number
      readonly size: number
      readonly lifeMs: number
    }
  | { readonly kind: 'find' | 'wrong'; readonly key: number }
  | { readonly kind: 'purge'; readonly filter: CacheFilter }
  | { readonly kind: 'wait'; readonly ms: number }

const filters: fc.Arbitrary<CacheFilter> = fc.record(
  {
    key: index.map((key) => `key ${key}`),
    scope: fc.constantFrom(...scopes),
    owner: fc.constantFrom('vk_0', 'vk_1'),
    model: fc.constantFrom('m0', 'm1', 'm2'),
    tag: fc.constantFrom('t=0', 't=1'),
  },
  { requiredKeys: [] },
)

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        key: index,
        salt: fc.nat({ max: 999 }),
        size: fc.constantFrom(0, 10, 3_000, 20_000),
        lifeMs: fc.constantFrom(1, 50, 5_000),
      }),
    },
    { weight: 7, arbitrary: fc.record({ kind: fc.constant('find' as const), key: index }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wrong' as const), key: index }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('purge' as const), filter: filters }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 49, 1_000) }) },
  ),
  { minLength: 5, maxLength: 60 },
)

const entryOf = (step: Extract<Step, { kind: 'put' }>, now: number): CacheEntry =>
  entryWith({
    key: `key ${step.key}`,
    scope: scopeOf(step.key),
    model: `m${step.salt % 3}`,
    owner: `vk_${step.salt % 2}`,
    tags: { t: String(step.salt % 2) },
    storedAt: now,
    freshUntil: now + step.lifeMs,
    expiresAt: now + step.lifeMs,
    value: new Uint8Array(step.size).fill(step.salt & 255),
  })

/** Written anew, so that a mistake of the one is not in the other. */
const isMeant = ({ key, scope, owner, model, tag }: CacheFilter, entry: CacheEntry): boolean =>
  [
    [key, entry.key],
    [scope, entry.scope],
    [owner, entry.owner],
    [model, entry.model],
    [tag, `t=${entry.tags.t}`],
  ].every(([asked, is]) => asked === undefined || asked === is)

class Model {
  readonly #kept = new Map<string, CacheEntry>()
  readonly #cache: AnswerCache
  readonly #clock: { now: number }
  hits = 0
  misses = 0

  constructor({ cache, clock }: AnswersUnderTest) {
    this.#cache = cache
    this.#clock = clock
  }

  async clear(): Promise<void> {
    this.#kept.clear()
    await this.#cache.purge({})
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.#clock.now += step.ms
    else if (step.kind === 'purge') await this.#purge(step.filter)
    else if (step.kind === 'put') {
      const entry = entryOf(step, this.#clock.now)
      this.#cache.put(entry)
      this.#kept.set(entry.key, entry)
    } else if (step.kind === 'wrong') assert.equal(await this.#cache.find(`key ${step.key}`, 'team:wrong'), undefined)
    else await this.#find(step.key)
  }

  async #find(key: number): Promise<void> {
    const found = await this.#cache.find(`key ${key}`, scopeOf(key))
    const kept = this.#kept.get(`key ${key}`)
    const expected = kept && kept.expiresAt > this.#clock.now ? kept : undefined
    // It may not be found, as a disk may be late; but it is never another one.
    if (found) assert.deepEqual(plainEntry(found), plainEntry(expected))
    if (expected) found ? this.hits++ : this.misses++
  }

  async #purge(filter: CacheFilter): Promise<void> {
    await this.#cache.purge(filter)
    for (const entry of [...this.#kept.values()]) if (isMeant(filter, entry)) this.#kept.delete(entry.key)
  }
}

/** Whatever is put, looked for and purged in whatever order: nothing is found that a plain map would not give. */
export const answerCacheModel = (
  check: (behaviour: string, body: (opened: AnswersUnderTest) => Promise<void>) => void,
): void =>
  check('never gives what is not to be given, and mostly gives what is', async (opened) => {
    const model = new Model(opened)
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        await model.clear()
        for (const step of list) await model.take(step)
      }),
      { numRuns: 40 },
    )
    assert.ok(model.hits > model.misses, `${model.hits} found, ${model.misses} not`)
  })
