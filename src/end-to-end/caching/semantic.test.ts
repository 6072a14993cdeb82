import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SemanticRules } from '../../core/cache-rules.ts'
import type { Caller } from '../../core/call.ts'
import { openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'
import { type CachingRig, type RigOptions, startCaching } from './rig.ts'

const usual: SemanticRules = { embed: { kind: 'ngrams' }, maxFalseHits: 0.005, check: 0, shadow: false }

/** Answers each question with itself, so that it shows whose answer somebody got. */
const echo = (request: ReceivedRequest): Step => openaiText(`The answer to: ${questionIn(request)}`)
const questionIn = (request: ReceivedRequest): string => JSON.parse(request.body).messages.at(-1).content

const start = async (semantic: Partial<SemanticRules> = {}, options: RigOptions = {}): Promise<CachingRig> => {
  const rig = await startCaching({ ...options, rules: { semantic: { ...usual, ...semantic }, ...options.rules } })
  rig.upstream.always(echo)
  return rig
}

interface Said {
  readonly text: string
  readonly cache: string | undefined
}

const ask = async (rig: CachingRig, question: string, more: object = {}): Promise<Said> => {
  const before = rig.records.length
  const response = await fetch(`${rig.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: question }], ...more }),
  })
  const body = (await response.json()) as { choices: { message: { content: string } }[] }
  assert.equal(response.status, 200, JSON.stringify(body))
  // What is kept joins the index in the turn after the answer's end.
  await until(() => rig.records.length > before)
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  return { text: body.choices[0]?.message.content ?? '', cache: lastOf(rig)?.cache?.outcome }
}

const lastOf = (rig: CachingRig) => rig.records.findLast(({ notes }) => notes.purpose === undefined)?.notes

const until = async (isTrue: () => boolean): Promise<void> => {
  const deadline = Date.now() + 8_000
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, 'It did not come to be in time.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const password = ['How do I reset my password?', 'How can I reset my password?'] as const

test('a question that says the same in other words has the answer that was kept', async () => {
  await using rig = await start()
  assert.equal((await ask(rig, password[0])).cache, 'miss')
  const again = await ask(rig, password[1])
  assert.equal(again.text, `The answer to: ${password[0]}`)
  assert.equal(again.cache, 'semantic')
  assert.equal(rig.upstream.journal.length, 1)
  const note = lastOf(rig)?.cache
  assert.ok(note && note.ageMs !== undefined && note.ageMs >= 0)
  assert.match(note.target ?? '', /^chat\//)
  assert.ok(note.savedNanos !== undefined && note.savedNanos > 0n)
  assert.deepEqual(
    rig.gateway.recallStandings().map(({ requests, wouldHits, hits }) => ({ requests, wouldHits, hits })),
    [{ requests: 2, wouldHits: 1, hits: 1 }],
  )
})

test('what was answered so is not kept as an answer of its own', async () => {
  await using rig = await start()
  await ask(rig, password[0])
  await ask(rig, password[1])
  assert.equal(rig.put.length, 1)
  assert.equal((await ask(rig, password[1])).cache, 'semantic')
})

test("streams are answered from streams, in the caller's own frames", async () => {
  await using rig = await start()
  rig.upstream.always((request) => openaiText(`The answer to: ${questionIn(request)}`, { stream: true }))
  const stream = async (question: string): Promise<string> => {
    const response = await fetch(`${rig.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'chat', stream: true, messages: [{ role: 'user', content: question }] }),
    })
    const text = await response.text()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    return text
  }
  const first = await stream(password[0])
  assert.match(first, /data: \[DONE\]/)
  const again = await stream(password[1])
  assert.match(again, /cache=semantic/)
  const events = (text: string): string => text.replace(/^: .*$/gm, '')
  assert.equal(events(again), events(first))
  assert.equal(rig.upstream.journal.length, 1)
})

const different: readonly (readonly [string, string])[] = [
  ['What is the capital of France?', 'What is the capital of Germany?'],
  ['How do I convert PDF to Word?', 'How do I convert Word to PDF?'],
  ['Is it safe to eat raw eggs?', 'Is it not safe to eat raw eggs?'],
  ['What can I cook in 10 minutes?', 'What can I cook in 20 minutes?'],
  ['How do I use the `map` function?', 'How do I use the `filter` function?'],
  ['When was the bridge built?', 'Where was the bridge built?'],
]

test('what differs in a name, a number, an order, a denial, code or what is asked for is asked upstream', async () => {
  await using rig = await start()
  for (const [one, other] of different) {
    await ask(rig, one)
    assert.deepEqual(await ask(rig, other), { text: `The answer to: ${other}`, cache: 'miss' })
  }
})

test('only the last words of the user may differ', async () => {
  await using rig = await start()
  const within = (system: string, question: string) => ({
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
  })
  await ask(rig, '', within('Be brief.', password[0]))
  assert.equal((await ask(rig, '', within('Be brief.', password[1]))).cache, 'semantic')
  assert.equal((await ask(rig, '', within('Be long.', password[1]))).cache, 'miss')
  assert.equal((await ask(rig, '', { ...within('Be brief.', password[1]), temperature: 0.3 })).cache, 'miss')
})

test('a question with tools is never compared', async () => {
  await using rig = await start()
  const tools = [{ type: 'function', function: { name: 'reset', parameters: { type: 'object' } } }]
  await ask(rig, password[0], { tools })
  assert.equal((await ask(rig, password[1], { tools })).cache, 'miss')
})

test('one team is never given what another one asked', async () => {
  let caller: Caller = { key: 'a', team: 'red' }
  await using rig = await start({}, { caller: () => caller })
  await ask(rig, password[0])
  caller = { key: 'b', team: 'blue' }
  assert.equal((await ask(rig, password[1])).cache, 'miss')
  caller = { key: 'c', team: 'red' }
  assert.equal((await ask(rig, password[1])).cache, 'semantic')
})

test('without semantic rules nothing is compared', async () => {
  await using rig = await startCaching()
  rig.upstream.always(echo)
  await ask(rig, password[0])
  assert.equal((await ask(rig, password[1])).cache, 'miss')
  assert.deepEqual(rig.gateway.recallStandings(), [])
})

test('in shadow mode nothing is answered so, and what would be is compared for nothing', async () => {
  await using rig = await start({ shadow: true })
  await ask(rig, password[0])
  const again = await ask(rig, password[1])
  assert.equal(again.text, `The answer to: ${password[1]}`)
  assert.equal(again.cache, 'miss')
  assert.equal(lastOf(rig)?.cache?.wouldHit, true)
  await until(() => rig.gateway.recallStandings()[0]?.checks === 1)
  assert.equal(rig.upstream.journal.length, 2)
  assert.equal(rig.gateway.recallStandings()[0]?.hits, 0)
})

test('a purged answer is not given', async () => {
  await using rig = await start()
  await ask(rig, password[0])
  await rig.answers.purge({})
  assert.equal((await ask(rig, password[1])).cache, 'miss')
})

test('answers that are given are checked upstream, and a scope where too many are wrong falls back', async () => {
  await using rig = await start({ check: 1 })
  let said = 0
  const facts = [
    'blue whales sing',
    'seven hills of stone',
    'bread with butter',
    'quantum gates flip',
    'rain in spring',
  ]
  rig.upstream.always(() => openaiText(`${facts[said % facts.length]} ${said++}`))
  await ask(rig, password[0])
  for (let checks = 1; !rig.gateway.recallStandings()[0]?.isSuspended; checks++) {
    assert.ok(checks < 10, JSON.stringify(rig.gateway.recallStandings()))
    assert.equal((await ask(rig, password[1])).cache, 'semantic')
    await until(() => rig.gateway.recallStandings()[0]?.checks === checks)
  }
  const standing = rig.gateway.recallStandings()[0]
  assert.ok(standing && standing.wrong > 0 && standing.low > 0.005)
  const checks = rig.records.filter(({ notes }) => notes.purpose === 'check')
  assert.equal(checks.length, standing.checks)
  assert.ok(checks.every(({ notes }) => notes.parent !== undefined))
  assert.equal((await ask(rig, password[1])).cache, 'miss')
  assert.equal(lastOf(rig)?.cache?.wouldHit, true)
})

const judging = (verdict: string) => (request: ReceivedRequest) => {
  const question = questionIn(request)
  return question.startsWith('{"question"')
    ? openaiText(verdict)
    : openaiText(`${question.length} reasons: ${question}`)
}

test('a judge decides where answers are worded otherwise', async () => {
  for (const [verdict, wrong] of [
    ['No.', 1],
    ['yes', 0],
  ] as const) {
    await using rig = await start({ check: 1, judge: 'chat' })
    rig.upstream.always(judging(verdict))
    await ask(rig, password[0])
    await ask(rig, password[1])
    await until(() => rig.gateway.recallStandings()[0]?.checks === 1)
    assert.equal(rig.gateway.recallStandings()[0]?.wrong, wrong)
    assert.equal(rig.records.filter(({ notes }) => notes.purpose === 'judge').length, 1)
  }
})

/** Questions lie near each other when they are about the same thing. */
const vectorOf = (text: string): number[] => (/password/.test(text) ? [1, 0.1, 0] : [0, 0.1, 1])

const vectors = (input: string | readonly string[]): Step => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    object: 'list',
    model: 'text-embedding-3-small',
    data: [input].flat().map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) })),
    usage: { prompt_tokens: 8, total_tokens: 8 },
  }),
})

test('a model of the gateway gives the vectors where one is named', async () => {
  await using rig = await start({ embed: { kind: 'model', model: 'vectors' } })
  rig.upstream.always((request) =>
    request.path.includes('embeddings') ? vectors(JSON.parse(request.body).input) : echo(request),
  )
  await ask(rig, password[0])
  assert.equal((await ask(rig, password[1])).cache, 'semantic')
  const embeds = rig.records.filter(({ notes }) => notes.purpose === 'embed')
  assert.equal(embeds.length, 2)
  assert.ok(embeds.every(({ costNanos }) => costNanos !== undefined))
})

test('vectors that cannot be had are a miss and no failure', async () => {
  await using rig = await start({ embed: { kind: 'model', model: 'vectors' } })
  rig.upstream.always((request) => (request.path.includes('embeddings') ? { status: 500, body: '{}' } : echo(request)))
  await ask(rig, password[0])
  assert.equal((await ask(rig, password[1])).cache, 'miss')
  assert.equal((await ask(rig, password[1])).cache, 'hit')
})
