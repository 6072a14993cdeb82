import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keepAnswer } from '../caching/keep-answer.ts'
import { Answer } from '../core/answer.ts'
import { createBackground } from '../core/background.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import { Chunk, type Reader } from '../core/chunk.ts'
import { systemClock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import { identityOf } from '../core/fingerprint.ts'
import type { Handler } from '../core/handler.ts'
import { noChat } from '../core/request.ts'
import { Stop } from '../core/stop.ts'
import type { Route } from '../routing/plan.ts'
import { createAnswerCache } from '../stores/cache-tiers.ts'
import type { AnswerCache } from '../stores/store.ts'
import { createRecall, type Recall } from './recall.ts'

const rules: CacheRules = {
  ttlMs: 3_600_000,
  staleMs: 0,
  scope: 'team',
  toolCalls: false,
  normalize: false,
  coalesce: true,
  paced: false,
  semantic: { embed: { kind: 'ngrams' }, maxFalseHits: 0.005, check: 0, shadow: false },
}
const route: Route = {
  name: 'chat',
  listed: true,
  targets: [],
  policies: [],
  contextChain: [],
  policyChain: [],
  timeouts: { firstTokenMs: 1000, idleMs: 1000, progressMs: 1000, totalMs: 1000, streamTotalMs: 1000 },
  retry: { attempts: 1, sameTarget: 1 },
  cache: rules,
  identity: 'route-1',
  readsCaller: false,
}
const secret = Buffer.alloc(32, 1)

/** A language whose bytes are the text, with the finish behind them. */
const reader: Reader = (bytes) => [
  { kind: 'text', text: Buffer.from(bytes).toString(), choice: 0, block: 0 },
  { kind: 'finish', choice: 0, reason: 'stop' },
]

const callOf = (text: string): Call => {
  const call: Call = {
    id: text,
    startedAt: Date.now(),
    started: systemClock.now(),
    deadline: systemClock.now() + 5_000,
    request: {
      operation: 'chat',
      wire: 'plain',
      model: 'chat',
      stream: false,
      wantsUsage: false,
      body: undefined,
      chat: { ...noChat, messages: [{ role: 'user', parts: [{ kind: 'text', text }] }] },
      untranslatable: [],
    },
    caller: { key: 'a', team: 'red' },
    signal: new Stop(),
    account: { attempts: [] },
    notes: {},
    noFallback: false,
    retryCount: 0,
  }
  return { ...call, identity: identityOf(call, { secret, scope: 'team', route, normalize: false }) }
}

const sayingItself: Handler<Call> = async (call) => {
  call.account.attempts.push({ target: 'up/one', ordinal: 1, started: call.started, outcome: 'ok', status: 200 })
  const target = { id: 'up/one', provider: 'up', model: 'one', weight: 1, quirks: {}, facts: undefined }
  let chunk: Chunk | undefined = new Chunk(Buffer.from(`To ${call.id}`), true, reader)
  return new Answer(
    { wire: 'plain', form: 'whole', target, headers: {} },
    {
      pull: () => {
        const next = chunk
        chunk = undefined
        return next
      },
      cancel: () => undefined,
    },
  )
}

const recallOver = (
  answers: AnswerCache,
): { readonly recall: Recall; readonly ask: (text: string) => Promise<string> } => {
  const refuse: Handler<Call> = () => Promise.reject(new GatewayError('internal', 'Nothing is asked here.'))
  const recall = createRecall({
    plan: () => ({ names: [], find: () => route }),
    answers,
    secret,
    reader: () => reader,
    background: createBackground({ ask: refuse, clock: systemClock }),
    clock: systemClock,
    random: () => 0.5,
  })
  const keeping = { answers, clock: systemClock, random: () => 0.5, reader: () => reader }
  const handle = recall.stage(async (call) => {
    const { identity } = call
    const answer = await sayingItself(call)
    return identity ? keepAnswer(answer, { call, identity, rules }, keeping) : answer
  })
  const ask = async (text: string): Promise<string> => {
    const answer = await handle(callOf(text))
    let said = ''
    for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull())
      said += Buffer.from(chunk.bytes).toString()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    return said
  }
  return { recall, ask }
}

const [one, other] = ['How do I reset my password?', 'How can I reset my password?'] as const

test('what was kept is compared with after a restart too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-recall-'))
  const open = () =>
    createAnswerCache({
      memoryBytes: 1_000_000,
      disk: { path: join(folder, 'answers.db'), mostBytes: 10_000_000 },
      warn: (message) => assert.fail(message),
    })
  try {
    const before = await open()
    assert.equal(await recallOver(before).ask(one), `To ${one}`)
    await before.close()
    const after = await open()
    assert.equal(await recallOver(after).ask(other), `To ${one}`)
    await after.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a call without an identity, or whose caller does not want it, passes as it is', async () => {
  const answers = await createAnswerCache({ memoryBytes: 1_000_000, warn: () => undefined })
  const { recall, ask } = recallOver(answers)
  await ask(one)
  const seen: Call[] = []
  const handle = recall.stage((call) => {
    seen.push(call)
    return sayingItself(call)
  })
  const unnamed = { ...callOf(other), identity: undefined }
  const unwilling = { ...callOf(other), cacheWish: { semantic: false } }
  await handle(unnamed)
  await handle(unwilling)
  assert.deepEqual(seen, [unnamed, unwilling])
  await answers.close()
})

test('who wants nothing from memory is answered anew, and that is kept to be compared with', async () => {
  const answers = await createAnswerCache({ memoryBytes: 1_000_000, warn: () => undefined })
  const { recall, ask } = recallOver(answers)
  await ask(one)
  const likenesses: unknown[] = []
  const handle = recall.stage((call) => {
    likenesses.push(call.likeness?.text)
    return sayingItself(call)
  })
  await handle({ ...callOf(other), cacheWish: { read: false } })
  assert.deepEqual(likenesses, [other])
  await answers.close()
})

test('a store that fails is a miss', async () => {
  const answers = await createAnswerCache({ memoryBytes: 1_000_000, warn: () => undefined })
  const broken: AnswerCache = Object.assign(Object.create(answers), {
    similar: () => Promise.reject(new Error('The disk is gone.')),
    listen: () => undefined,
    put: () => undefined,
  })
  assert.equal(await recallOver(broken).ask(one), `To ${one}`)
  await answers.close()
})
