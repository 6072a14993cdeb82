import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Answer } from '../core/answer.ts'
import { createBackground } from '../core/background.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import { systemClock } from '../core/clock.ts'
import { compose, type Handler } from '../core/handler.ts'
import { encodeKept } from '../core/kept-bytes.ts'
import type { Plan, Route } from '../routing/plan.ts'
import { createAnswerCache } from '../stores/cache-tiers.ts'
import type { AnswerCache, CacheEntry } from '../stores/store.ts'
import { openaiText, openaiToolCalls, type Step } from '../testing/index.ts'
import { callOf, targetOf } from '../testing/sample-calls.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { wireNamed } from '../wire/wires.ts'
import { cache } from './cache.ts'
import { keep } from './keep.ts'

const hour = 3_600_000
const rules: CacheRules = {
  ttlMs: hour,
  staleMs: 0,
  scope: 'team',
  toolCalls: false,
  normalize: false,
  coalesce: false,
  paced: false,
}
const timeouts = { firstTokenMs: 1, idleMs: 1, progressMs: 1, totalMs: 60_000, streamTotalMs: 60_000 }
const routeWith = (more: Partial<CacheRules>): Route => ({
  name: 'chat',
  listed: true,
  targets: [targetOf('open/m')],
  policies: [],
  contextChain: [],
  policyChain: [],
  timeouts,
  retry: { attempts: 1, sameTarget: 0 },
  cache: { ...rules, ...more },
  identity: 'one',
  readsCaller: false,
})
const planWith = (more: Partial<CacheRules>): Plan => ({
  names: [],
  find: (model) => (model === 'chat' ? routeWith(more) : undefined),
})

const bodyOf = ({ body }: Step): Buffer => Buffer.from(String(body))

/** An answer to a call, as its target gives it: the line of an attempt with it. */
const answering =
  (step: () => Step): Handler<Call> =>
  async (call) => {
    call.account.attempts.push({ target: 'open/m', ordinal: 1, started: 0, outcome: 'ok', status: 200, costNanos: 70n })
    call.notes.firstTokenAt = systemClock.now()
    let chunk: Chunk | undefined = new Chunk(bodyOf(step()), true, openaiChat.reader('whole'))
    const head = { wire: 'openai-chat', form: 'whole', target: targetOf('open/m'), headers: {} } as const
    return new Answer(head, {
      pull: () => {
        const whole = chunk
        chunk = undefined
        return whole
      },
      cancel: () => undefined,
    })
  }

const words = (answer: Answer): Promise<string> =>
  (async () => {
    let text = ''
    for (let next = await answer.pull(); next !== undefined; next = await answer.pull())
      for (const delta of next.deltas) if (delta.kind === 'text') text += delta.text
    return text
  })()

describe('answers from memory', () => {
  let answers: AnswerCache
  let asked: Call[]
  let step: Step
  before(async () => {
    answers = await createAnswerCache({ memoryBytes: 16 * 1024 * 1024, warn: () => undefined })
  })
  after(() => answers.close())
  beforeEach(async () => {
    await answers.purge({})
    asked = []
    step = openaiText('Hello.')
  })

  /** A gateway of these two stages, before whoever answers. */
  const handlerWith = (more: Partial<CacheRules> = {}, kept: AnswerCache = answers): Handler<Call> => {
    const target: Handler<Call> = (call) => {
      asked.push(call)
      return answering(() => step)(call)
    }
    const options = {
      plan: () => planWith(more),
      answers: kept,
      secret: Buffer.alloc(32, 1),
      reader: (wire: string, form: 'events' | 'whole') => wireNamed(wire)?.reader(form),
      background: createBackground({ ask: target, clock: systemClock }),
      clock: systemClock,
      random: () => 0.5,
    }
    return compose<Call>([cache(options), keep(options)], target)
  }
  const callNow = (more: Partial<Call> = {}): Call => ({ ...callOf(), startedAt: Date.now(), notes: {}, ...more })
  const ask = async (handle: Handler<Call>, more: Partial<Call> = {}) => {
    const call = callNow({ account: { attempts: [] }, ...more })
    const said = await words(await handle(call))
    return { said, note: call.notes.cache, call }
  }
  const rename = (call: Call, change: (request: Call['request']) => Partial<Call['request']>): Partial<Call> => ({
    request: { ...call.request, ...change(call.request) },
  })

  test('are given to who asks the same again: nobody is asked, nothing is paid, and it is said what that saved', async () => {
    const handle = handlerWith()
    const first = await ask(handle)
    assert.deepEqual([first.said, first.note], ['Hello.', { outcome: 'miss' }])
    const again = await ask(handle)
    assert.equal(again.said, 'Hello.')
    assert.equal(asked.length, 1)
    assert.deepEqual(again.call.account.attempts, [])
    assert.deepEqual([again.note?.outcome, again.note?.target, again.note?.savedNanos], ['hit', 'open/m', 70n])
    assert.ok((again.note?.ageMs ?? -1) >= 0 && (again.note?.savedMs ?? -1) >= 0)
    assert.equal(again.call.notes.model, 'chat')
    assert.ok(again.call.notes.firstTokenAt !== undefined)
  })

  test('are there at once', async () => {
    const handle = handlerWith()
    await ask(handle)
    let answer: Answer | undefined
    void handle(callNow()).then((given) => {
      answer = given
    })
    await Promise.resolve()
    assert.ok(answer)
  })

  test('are not for another caller, another model or another question', async () => {
    const handle = handlerWith()
    await ask(handle)
    await ask(handle, { caller: { key: 'other' } })
    await ask(
      handle,
      rename(callNow(), ({ chat }) => ({ chat: { ...chat, temperature: 0 } })),
    )
    assert.equal(asked.length, 3)
  })

  test('are refused to who may not use the model any more, in the words of a model that is not there', async () => {
    const handle = handlerWith()
    await ask(handle, { caller: { key: 'web', models: ['chat'] } })
    const call = callNow({ caller: { key: 'web', models: ['else'] } })
    await assert.rejects(handle(call), { code: 'unknown_model' })
    assert.equal(asked.length, 1)
  })

  test('are neither given nor kept where somebody else’s key pays, where it is not safe, and where a program has demands', async () => {
    const handle = handlerWith()
    const hosted = { name: 'web_search', hosted: { wire: 'openai-chat', value: { type: 'web_search' } } }
    const unsafe: Partial<Call>[] = [
      { providerKey: { provider: 'open', key: 'sk-own' } },
      rename(callNow(), ({ chat }) => ({ chat: { ...chat, store: true } })),
      rename(callNow(), () => ({ body: { store: true } })),
      rename(callNow(), ({ chat }) => ({ chat: { ...chat, tools: [hosted] } })),
      rename(callNow(), () => ({ untranslatable: ['background'] })),
      rename(callNow(), () => ({ untranslatable: ['previous_response_id'] })),
      { output: { attempts: 1, fallback: [], mode: 'buffer', rules: [] } },
    ]
    for (const more of unsafe)
      for (const _ of [1, 2]) assert.deepEqual((await ask(handle, more)).note, { outcome: 'off' })
    assert.equal(asked.length, 2 * unsafe.length)
    assert.ok(asked.every(({ identity }) => identity === undefined))
    assert.equal(answers.standing().memory.entries, 0)
  })

  test('are no matter of counting tokens, of what passes unread, and of models without rules', async () => {
    const handle = handlerWith()
    for (const operation of ['count_tokens', 'image'] as const) {
      const { note } = await ask(
        handle,
        rename(callNow(), () => ({ operation })),
      )
      assert.equal(note, undefined)
    }
    assert.equal(
      (
        await ask(
          handle,
          rename(callNow(), () => ({ model: 'other' })),
        )
      ).note,
      undefined,
    )
    assert.equal(answers.standing().memory.entries, 0)
  })

  test('are not read where that is not wished, and the newer one is kept in their place', async () => {
    const handle = handlerWith()
    await ask(handle)
    step = openaiText('Newer.')
    const fresh = await ask(handle, { cacheWish: { read: false } })
    assert.deepEqual([fresh.said, fresh.note], ['Newer.', { outcome: 'off' }])
    assert.equal((await ask(handle)).said, 'Newer.')
    assert.equal(asked.length, 2)
  })

  test('are not kept where that is not wished', async () => {
    const handle = handlerWith()
    await ask(handle, { cacheWish: { keep: false } })
    assert.equal((await ask(handle)).note?.outcome, 'miss')
    assert.equal((await ask(handle, { cacheWish: { keep: false } })).note?.outcome, 'hit')
    assert.equal(asked.length, 2)
  })

  test('are not older than wished', async () => {
    const handle = handlerWith()
    await ask(handle)
    const later = { startedAt: Date.now() + 10_000 }
    assert.equal((await ask(handle, { ...later, cacheWish: { maxAgeMs: 20_000 } })).note?.outcome, 'hit')
    assert.equal((await ask(handle, { ...later, cacheWish: { maxAgeMs: 9_000 } })).note?.outcome, 'miss')
    assert.equal((await ask(handle, { cacheWish: { maxAgeMs: 0 } })).note?.outcome, 'miss')
  })

  test('are not given longer than the rules of now have it, though they were kept for longer', async () => {
    await ask(handlerWith({ ttlMs: 24 * hour }))
    const later = { startedAt: Date.now() + 2 * hour }
    assert.equal((await ask(handlerWith({ ttlMs: 24 * hour }), later)).note?.outcome, 'hit')
    assert.equal((await ask(handlerWith({ ttlMs: hour }), later)).note?.outcome, 'miss')
  })

  test('that call tools are kept only where the rules say so, and given only as long as they do', async () => {
    step = openaiToolCalls([{ id: 'c', name: 'f', arguments: '{}' }])
    await ask(handlerWith())
    assert.equal((await ask(handlerWith())).note?.outcome, 'miss')
    await ask(handlerWith({ toolCalls: true }))
    assert.equal((await ask(handlerWith({ toolCalls: true }))).note?.outcome, 'hit')
    assert.equal((await ask(handlerWith())).note?.outcome, 'miss')
  })

  test('that cannot be read, or are in a language that is gone, are not there, and not kept any longer', async () => {
    const handle = handlerWith()
    await ask(handle)
    const { identity } = asked[0] as Call
    assert.ok(identity)
    const entry = (await answers.find(identity.key, identity.scope)) as CacheEntry
    const foreign = encodeKept({
      wire: 'gone',
      form: 'whole',
      target: 'open/m',
      headers: {},
      chunks: [],
      finishes: ['stop'],
      usage: undefined,
      costNanos: undefined,
      firstTokenMs: 0,
      durationMs: 0,
    })
    for (const value of [Buffer.from('broken'), foreign]) {
      answers.put({ ...entry, value })
      assert.equal((await ask(handle, { cacheWish: { keep: false } })).note?.outcome, 'miss')
      assert.equal(await answers.find(identity.key, identity.scope), undefined)
    }
  })

  test('are given though they are found only after a while', async () => {
    const slow: AnswerCache = { ...methodsOf(answers), find: async (key, scope) => answers.find(key, scope) }
    const handle = handlerWith({}, slow)
    await ask(handle)
    assert.equal((await ask(handle)).note?.outcome, 'hit')
  })
})

const methodsOf = (answers: AnswerCache): AnswerCache => ({
  find: (key, scope) => answers.find(key, scope),
  put: (entry) => answers.put(entry),
  similar: (frame, scope) => answers.similar(frame, scope),
  purge: (filter) => answers.purge(filter),
  listen: (gone) => answers.listen(gone),
  standing: () => answers.standing(),
  close: () => answers.close(),
})
