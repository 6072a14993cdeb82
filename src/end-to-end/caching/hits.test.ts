import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anthropicText, cut, openaiText, type Step } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { type CachingRig, startCaching } from './rig.ts'

const minute = 60_000

const post = (rig: CachingRig, body: object, path = '/v1/chat/completions'): Promise<Response> =>
  fetch(`${rig.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-caller' },
    body: JSON.stringify(body),
  })

const question = (more: object = {}) => ({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }], ...more })

const ask = async (rig: CachingRig, more: object = {}): Promise<string> => {
  const response = await post(rig, question(more))
  assert.equal(response.status, 200)
  return response.text()
}

const events = (text: string): string[] =>
  text.split('\n\n').filter((event) => event !== '' && !event.startsWith(': tollgate'))

const outcomes = (rig: CachingRig) => rig.records.map(({ notes }) => notes.purpose ?? notes.cache?.outcome)

/** Makes what is kept older than it is. */
const age = async (rig: CachingRig, ms: number): Promise<void> => {
  const entry = rig.put.at(-1)
  assert.ok(entry)
  const { storedAt, freshUntil, expiresAt } = entry
  const older = { storedAt: storedAt - ms, freshUntil: freshUntil - ms, expiresAt: expiresAt - ms }
  await rig.answers.purge({ key: entry.key })
  rig.answers.put({ ...entry, ...older })
}

describe('an answer from memory, over HTTP', () => {
  test('is the same bytes, whole and as a stream, and the frame of usage is there for who asks for it', async () => {
    await using rig = await startCaching()
    rig.upstream.script(openaiText('Hello there.'))
    const whole = await ask(rig)
    assert.equal(await ask(rig), whole)
    const written = await ask(rig, { stream: true })
    assert.match(written, /data: \[DONE\]/)
    await rig.answers.purge({})
    const stream = openaiText('Hello again, there.', { stream: true })
    rig.upstream.script(stream)
    const hidden = events(await ask(rig, { stream: true }))
    assert.deepEqual(events(await ask(rig, { stream: true })), hidden)
    const shown = events(await ask(rig, { stream: true, stream_options: { include_usage: true } }))
    assert.equal(shown.length, hidden.length + 1)
    assert.deepEqual(
      shown.map((event) => `${event}\n\n`),
      stream.events,
    )
    assert.equal(rig.upstream.journal.length, 2)
    assert.deepEqual(outcomes(rig), ['miss', 'hit', 'hit', 'miss', 'hit', 'hit'])
  })

  test('costs nothing, tries nobody, and says what the first one cost', async () => {
    await using rig = await startCaching()
    rig.upstream.script(openaiText('Hello.', { usage: { input: 1_000, output: 100 } }))
    await ask(rig)
    await ask(rig)
    const [first, again] = rig.records
    assert.equal(first?.costNanos, 2_000_000n)
    assert.deepEqual([again?.costNanos, again?.attempts.length, again?.outcome], [0n, 0, 'ok'])
    assert.deepEqual([again?.notes.cache?.savedNanos, again?.notes.cache?.target], [2_000_000n, 'chat/gpt-5-mini'])
    assert.equal(again?.firstTokenMs !== undefined && again.firstTokenMs < (first?.durationMs ?? 0) + 1_000, true)
  })

  test('is shared by callers of different languages that ask the same', async () => {
    await using rig = await startCaching()
    rig.upstream.script(openaiText('Hello.'))
    await ask(rig, { max_completion_tokens: 64 })
    const body = { model: 'chat', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] }
    const response = await post(rig, body, '/v1/messages')
    const said = (await response.json()) as { content: { text: string }[] }
    assert.equal(said.content[0]?.text, 'Hello.')
    assert.equal(rig.upstream.journal.length, 1)
  })

  test('belongs to its team', async () => {
    let team = 'one'
    await using rig = await startCaching({ caller: () => ({ key: `key-of-${team}`, team, tags: { app: 'shop' } }) })
    rig.upstream.always(openaiText('Hello.'))
    await ask(rig)
    team = 'two'
    await ask(rig)
    await ask(rig)
    assert.deepEqual(outcomes(rig), ['miss', 'miss', 'hit'])
    const { owner, scope, tags, model } = rig.put[0] ?? {}
    assert.deepEqual(
      { owner, scope, tags, model },
      { owner: 'key-of-one', scope: 'team:one', tags: { app: 'shop' }, model: 'chat' },
    )
  })

  test('comes as slowly as the first time where the rules say so', async () => {
    await using rig = await startCaching({ rules: { paced: true } })
    rig.upstream.script({ ...openaiText('One two three', { stream: true }), eventDelayMs: 25 })
    const times: number[] = []
    for (const outcome of ['miss', 'hit']) {
      const begun = performance.now()
      assert.equal(events(await ask(rig, { stream: true })).at(-1), 'data: [DONE]')
      times.push(performance.now() - begun)
      assert.equal(outcomes(rig).at(-1), outcome)
    }
    assert.ok((times[1] ?? 0) >= 100, `it took ${times[1]} ms`)
    const begun = performance.now()
    await ask(rig)
    assert.ok(performance.now() - begun < 100, 'a whole one comes at once')
  })
})

describe('an answer that is no longer fresh', () => {
  test('is given once more while a newer one is asked for, once', async () => {
    await using rig = await startCaching({ rules: { ttlMs: 10 * minute, staleMs: 10 * minute } })
    rig.upstream.script(openaiText('Old.'))
    rig.upstream.always({ ...openaiText('New.', { usage: { input: 1_000, output: 100 } }) })
    await ask(rig)
    await age(rig, 12 * minute)
    assert.match((await Promise.all([ask(rig), ask(rig), ask(rig)])).join(), /Old.*Old.*Old/)
    await until(() => rig.put.length === 2, 'no newer answer was kept')
    assert.match(await ask(rig), /New/)
    assert.equal(rig.upstream.journal.length, 2)
    assert.deepEqual(outcomes(rig).sort(), ['hit', 'miss', 'refresh', 'stale', 'stale', 'stale'])
    const refresh = rig.records.find(({ notes }) => notes.purpose === 'refresh')
    assert.equal(refresh?.costNanos, 2_000_000n)
    assert.equal(rig.records.at(-1)?.notes.cache?.savedNanos, 2_000_000n)
  })

  test('stays where a newer one cannot be had, and is asked for again with the next call', async () => {
    await using rig = await startCaching({ rules: { ttlMs: 10 * minute, staleMs: 10 * minute } })
    rig.upstream.script(
      openaiText('Old.'),
      { status: 500, body: '{}' },
      cut(openaiText('Cut.', { stream: false }), 40, 'end'),
    )
    rig.upstream.always(openaiText('New.'))
    await ask(rig)
    await age(rig, 12 * minute)
    for (const refreshes of [1, 2, 3]) {
      assert.match(await ask(rig), /Old/)
      const done = () => outcomes(rig).filter((outcome) => outcome === 'refresh').length === refreshes
      await until(done, 'nobody asked for a newer one')
    }
    await until(() => rig.put.length === 2, 'no newer answer was kept')
    assert.match(await ask(rig), /New/)
  })

  test('is gone after that', async () => {
    await using rig = await startCaching({ rules: { ttlMs: 10 * minute, staleMs: 10 * minute } })
    rig.upstream.always(openaiText('Hi.'))
    await ask(rig)
    await age(rig, 25 * minute)
    await ask(rig)
    assert.deepEqual(outcomes(rig), ['miss', 'miss'])
  })

  test('is replaced only by one that satisfies its format', async () => {
    await using rig = await startCaching({ rules: { ttlMs: 10 * minute, staleMs: 10 * minute } })
    const schema = {
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    }
    const format = { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } }
    rig.upstream.script(openaiText('{"a":1}'))
    rig.upstream.always(openaiText('There is no JSON here.'))
    await ask(rig, format)
    await age(rig, 12 * minute)
    assert.match(await ask(rig, format), /\\"a\\":1/)
    await until(() => outcomes(rig).includes('refresh'), 'nobody asked for a newer one')
    assert.equal(rig.put.length, 1)
    assert.match(await ask(rig, format), /\\"a\\":1/)
  })
})

describe('what is not whole or not good', () => {
  test('is never kept: cut, refused, failed, too long, filtered, or left by its caller', async () => {
    await using rig = await startCaching()
    const bad: readonly Step[] = [
      openaiText('Too long', { finish: 'length' }),
      openaiText('Filtered', { finish: 'content_filter' }),
      openaiText('Too long', { stream: true, finish: 'length' }),
      cut(openaiText('Cut in the middle of it all', { stream: true }), 700, 'end'),
      { status: 500, body: '{"error":{"message":"No."}}' },
      { status: 429, body: '{"error":{"message":"No."}}' },
    ]
    for (const step of bad) {
      rig.upstream.script(step)
      await (await post(rig, question({ stream: 'events' in step }))).text()
    }
    rig.upstream.script(anthropicText('Too long', { finish: 'max_tokens' }))
    await (await post(rig, question({ model: 'anthropic' }))).text()
    rig.upstream.script({ ...openaiText('One two three four', { stream: true }), eventDelayMs: 50 })
    const left = new AbortController()
    const body = JSON.stringify(question({ stream: true }))
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${rig.url}/v1/chat/completions`, {
      method: 'POST',
      headers,
      body,
      signal: left.signal,
    })
    await response.body?.getReader().read()
    left.abort()
    await until(() => outcomes(rig).length === bad.length + 2, 'there is no record of who left')
    assert.equal(rig.records.at(-1)?.outcome, 'cancelled')
    assert.equal(rig.upstream.journal.length, bad.length + 2)
    assert.equal(rig.put.length, 0)
  })
})
