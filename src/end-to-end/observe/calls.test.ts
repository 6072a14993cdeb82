import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { openaiError, openaiText } from '../../testing/index.ts'
import { adminToken, callerKey, type ObserveRig, startObserveRig } from './rig.ts'

const word = 'xylophonist'
const usage = { input: 100, output: 10 }
/** A dollar for a million tokens read, ten for a million written. */
const costNanos = 100n * 1_000n + 10n * 10_000n

let rig: ObserveRig

const listOf = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const exact = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(share * values.length) - 1] ?? Number.NaN

const objectAt = (value: JsonObject, name: string): JsonObject => {
  const found = value[name]
  assert.ok(isObject(found), name)
  return found
}

before(async () => {
  rig = await startObserveRig()
  let count = 0
  rig.upstream.always(({ body }) => {
    const isBroken = body.includes('"a"') && ++count % 4 === 0
    return isBroken
      ? openaiError(500, 'server_error', `${word} broke`)
      : openaiText(word, { stream: body.includes('"stream":true'), usage })
  })
  for (let index = 0; index < 40; index++) {
    const answer = await rig.call(
      {
        model: index % 4 === 0 ? 'code' : 'chat',
        stream: index % 2 === 0,
        user: `user-${index % 5}`,
        messages: [
          { role: 'system', content: `Speak as the ${word}.` },
          { role: 'user', content: `${word} ${index}` },
        ],
      },
      index % 3 === 0 ? 'sk-a-key-of-a-caller-2' : callerKey,
    )
    assert.equal(answer.status, 200)
    await answer.text()
  }
  assert.equal((await rig.call({ model: 'nothing' })).status, 404)
})

after(() => rig[Symbol.asyncDispose]())

describe('what is told of calls', () => {
  test('is what the upstream saw, to the nano-dollar', async () => {
    const { totals, targets, errors } = await rig.read('/overview?step=minute')
    assert.ok(isObject(totals))
    const sent = rig.upstream.journal.length
    assert.ok(sent > 40)
    assert.deepEqual(
      [totals.calls, totals.ok, totals.errors, totals.attempts, totals.hits, totals.unknownCost],
      [41, 40, 1, sent, 0, 0],
    )
    assert.equal(BigInt(Math.round(Number(totals.costUsd) * 1e9)), 40n * costNanos)
    assert.deepEqual([totals.inputTokens, totals.outputTokens], [4_000, 400])
    assert.equal(Number(totals.retries) + Number(totals.fallbacks), sent - 40)
    const tried = listOf(targets).map(({ name, attempts }) => [name, attempts] as const)
    for (const [name, attempts] of tried) {
      const model = `"model":"${String(name).slice('open/'.length)}"`
      assert.equal(attempts, rig.upstream.journal.filter(({ body }) => body.includes(model)).length, String(name))
    }
    assert.deepEqual(errors, [{ code: 'unknown_model', calls: 1 }])
  })

  test('is what the ledger says', async () => {
    const [totals, usage] = [objectAt(await rig.read('/overview'), 'totals'), await rig.read('/usage')]
    const [row] = listOf(usage.rows)
    assert.ok(row)
    assert.deepEqual(
      [totals.attempts, totals.costUsd, totals.inputTokens, totals.outputTokens, totals.unknownCost],
      [row.attempts, objectAt(row, 'cost').usd, row.inputTokens, row.outputTokens, row.unknownCost],
    )
  })

  test('has percentiles within one percent of the durations of its calls', async () => {
    const { totals } = await rig.read('/overview')
    const rows = listOf((await rig.read('/calls?limit=1000')).data)
    const durations = rows.map(({ durationMs }) => Number(durationMs))
    assert.ok(isObject(totals))
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const told: number = Number(objectAt(totals, 'latencyMs')[name])
      assert.ok(Math.abs(told / exact(durations, share) - 1) < 0.01, name)
    }
  })

  test('adds up, by model, by key and by time, to the whole', async () => {
    const whole = await rig.read('/overview')
    const parts = await Promise.all(['web', 'app'].map((key) => rig.read(`/overview?key=${key}`)))
    const calls = (of: JsonObject): number => Number(objectAt(of, 'totals').calls)
    assert.equal(
      parts.reduce((sum, part) => sum + calls(part), 0),
      41,
    )
    for (const list of [whole.points, whole.models])
      assert.equal(
        listOf(list).reduce((sum, each) => sum + Number(each.calls), 0),
        41,
      )
    assert.equal(calls(await rig.read('/overview?model=code&provider=open')), 10)
  })

  test('is listed newest first, page by page, and narrowed down', async () => {
    const ids: unknown[] = []
    let next: JsonValue | undefined = ''
    while (typeof next === 'string') {
      const page = await rig.read(`/calls?limit=7${next === '' ? '' : `&after=${next}`}`)
      ids.push(...listOf(page.data).map(({ id }) => id))
      next = page.next
    }
    assert.equal(new Set(ids).size, 41)
    const found = listOf((await rig.read('/calls?endUser=user-3&outcome=ok&provider=open&limit=100')).data)
    assert.equal(found.length, 8)
    assert.equal(listOf((await rig.read('/calls?error=unknown_model')).data).length, 1)
  })

  test('finds calls of one template by the name of their prompt', async () => {
    const [row] = listOf((await rig.read('/calls?limit=1&outcome=ok')).data)
    const { prompt } = await rig.read(`/calls/${row?.id}`)
    assert.match(String(prompt), /^[\w-]{16}$/)
    assert.equal(listOf((await rig.read(`/calls?prompt=${prompt}&limit=100`)).data).length, 40)
  })

  test('shows a call with its attempts, its cost and its lines in the ledger', async () => {
    const rows = listOf((await rig.read('/calls?limit=100')).data)
    const retried = rows.find(({ attempts }) => attempts === 2)
    const call = await rig.read(`/calls/${retried?.id}`)
    assert.deepEqual(
      listOf(call.attempts).map(({ outcome }) => outcome),
      ['server', 'ok'],
    )
    assert.deepEqual([call.cost, call.costUsd], [String(costNanos), '0.0002'])
    assert.deepEqual(
      listOf(call.ledger).map(({ outcome }) => outcome),
      ['server', 'ok'],
    )
    assert.equal((await rig.ask('/calls/never-was')).status, 404)
  })

  test('comes as CSV too', async () => {
    const answer = await rig.ask('/calls?limit=1000', { accept: 'text/csv' })
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
    const lines = (await answer.text()).trim().split('\r\n')
    assert.equal(lines.length, 42)
    assert.match(lines[0] ?? '', /^id,started_at,duration_ms/)
  })

  test('shows how targets fare', async () => {
    const [provider] = listOf((await rig.read('/providers')).data)
    const targets = listOf(provider?.targets)
    assert.deepEqual(
      targets.map(({ target, state }) => [target, state]),
      [
        ['open/a', 'closed'],
        ['open/b', 'closed'],
        ['open/c', 'closed'],
      ],
    )
    assert.equal(
      targets.reduce((sum, { attempts }) => sum + Number(attempts), 0),
      rig.upstream.journal.length,
    )
  })

  test('holds no word that was said, and no secret', async () => {
    const rows = listOf((await rig.read('/calls?limit=100')).data)
    const told = await Promise.all([
      ...['/overview', '/calls?limit=1000', '/providers'].map(async (path) => (await rig.ask(path)).text()),
      ...rows.map(async ({ id }) => (await rig.ask(`/calls/${id}`)).text()),
    ])
    for (const text of told)
      for (const secret of [word, callerKey, adminToken, 'sk-a-key-of-the-provider']) assert.ok(!text.includes(secret))
  })

  test('masks secrets that callers put into names', async () => {
    const secret = 'sk-somebodys-secret-key-1234567890'
    const answer = await rig.call({ user: secret, metadata: { [secret]: secret } })
    await answer.text()
    const text = await (await rig.ask('/calls?limit=1')).text()
    assert.match(text, /redacted/)
    assert.ok(!text.includes(secret))
  })

  test('outlives a restart', async () => {
    await rig.restart()
    assert.ok(Number(objectAt(await rig.read('/overview'), 'totals').calls) >= 41)
    assert.ok(listOf((await rig.read('/calls?limit=100')).data).length >= 41)
  })

  test('asks for the token', async () => {
    for (const path of ['/overview', '/calls', '/calls/x', '/providers', '/live'])
      assert.equal((await rig.ask(path, { authorization: 'Bearer wrong' })).status, 401, path)
  })
})
