import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../core/json.ts'
import { openaiError, openaiText } from '../../testing/index.ts'
import { callerKey, type ObserveRig, startObserveRig } from './rig.ts'

const otherKey = 'sk-a-key-of-a-caller-2'

const say = (rig: ObserveRig, body: JsonObject, key = callerKey): Promise<Response> =>
  fetch(`${rig.running.url}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const asked = async (rig: ObserveRig, more: JsonObject = {}): Promise<string> => {
  const answer = await rig.call(more)
  await answer.text()
  return answer.headers.get('x-request-id') ?? ''
}

describe('feedback', () => {
  test('is taken from whoever asked, told with the call, and of nobody else’s call', async () => {
    await using rig = await startObserveRig()
    rig.upstream.always(openaiText('Well.', { usage: { input: 10, output: 2 } }))
    const call = await asked(rig)
    const taken = await say(rig, { call, score: 1, label: 'helpful', comment: 'Thank you, sk-a-key-of-the-provider.' })
    assert.equal(taken.status, 201, await taken.text())
    assert.equal((await say(rig, { call, score: 1 }, otherKey)).status, 404)
    assert.equal((await say(rig, { call: 'nothing-like-this', score: 1 })).status, 404)
    assert.equal((await say(rig, { call, score: 1 }, 'sk-of-nobody')).status, 401)
    const entry = await rig.read(`/calls/${call}`)
    const [feedback, more] = entry.feedback as unknown as JsonObject[]
    assert.equal(more, undefined)
    assert.deepEqual([feedback?.key, feedback?.label, feedback?.score], ['web', 'helpful', 1])
    assert.equal(String(feedback?.comment).includes('sk-a-key-of-the-provider'), false)
  })

  test('is refused when it is none', async () => {
    await using rig = await startObserveRig()
    rig.upstream.always(openaiText('Well.'))
    const call = await asked(rig)
    for (const body of [
      { call },
      { call, score: 2 },
      { call, score: 'good' },
      { call, label: 'a\nb' },
      { call, comment: 'x'.repeat(1_025) },
      { call, score: 1, more: true },
      { score: 1 },
    ] as JsonObject[])
      assert.equal((await say(rig, body)).status, 400, JSON.stringify(body))
  })
})

describe('quality', () => {
  test('tells rates with their bounds, by model, target and prompt', async () => {
    await using rig = await startObserveRig({
      models: { chat: { targets: ['open/a', 'open/b'], latencyBudget: '60s' }, code: 'open/c' },
    })
    rig.upstream.always(openaiText('Well.', { usage: { input: 10, output: 2 } }))
    const ids: string[] = []
    for (let index = 0; index < 4; index++) ids.push(await asked(rig))
    for (const [index, call] of ids.entries()) await say(rig, { call, score: index === 0 ? -1 : 1 })
    rig.upstream.always(openaiError(500, null, 'No.'))
    await asked(rig)
    const report = await rig.read('/quality')
    const [row] = report.data as unknown as JsonObject[]
    assert.equal(row?.name, 'chat')
    assert.equal(row?.calls, 5)
    assert.deepEqual(pick(row?.feedback, ['n', 'mean', 'high']), [4, 0.5, 1])
    assert.deepEqual(pick(row?.errors, ['n', 'rate']), [5, 0.2])
    assert.deepEqual(pick(row?.latencyBudget, ['n', 'within']), [4, 4])
    assert.deepEqual([row?.validity, row?.disagreement, row?.alert], [null, null, null])
    const byTarget = (await rig.read('/quality?by=target')).data as unknown as JsonObject[]
    assert.ok(byTarget.some(({ name }) => name === 'open/a'))
  })

  test('tells when a model became worse than it used to be, once', async () => {
    await using rig = await startObserveRig({ retry: { attempts: 1 } })
    rig.upstream.always(openaiText('Well.', { usage: { input: 1, output: 1 } }))
    const many = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 20)
        await Promise.all(
          Array.from({ length: Math.min(20, left) }, () => rig.call({ model: 'code' }).then((it) => it.text())),
        )
    }
    await many(220)
    rig.upstream.always(openaiError(500, null, 'No.'))
    await many(80)
    const report = await rig.read('/quality')
    const row = (report.data as unknown as JsonObject[]).find(({ name }) => name === 'code')
    assert.deepEqual(pick(row?.alert, ['metric', 'was']), ['failures', 0])
    const metrics = await (await fetch(`${rig.running.url}/metrics`)).text()
    assert.match(metrics, /tollgate_quality_declines_total\{model="code",metric="failures"\} 1\n/)
  })
})

const pick = (value: unknown, names: readonly string[]): unknown[] =>
  names.map((name) => (value as Record<string, unknown> | null)?.[name])

describe('asking again', () => {
  test('tells how often the same question gets another answer, and is paid for as the call is', async () => {
    await using rig = await startObserveRig({ models: { chat: { targets: ['open/a'], repeat: { share: 1 } } } })
    const answers = ['Paris.', 'Paris.', 'It is 42.', '{"a":1}']
    rig.upstream.always(() => openaiText(answers.shift() ?? 'x', { usage: { input: 10, output: 2 } }))
    const ids: string[] = []
    for (const count of [2, 4]) {
      ids.push(await asked(rig))
      while (rig.upstream.journal.length < count) await new Promise((resolve) => setImmediate(resolve))
      await repeatOf(rig, ids.at(-1) ?? '')
    }
    const [row] = (await rig.read('/quality')).data as unknown as JsonObject[]
    assert.deepEqual(pick(row?.disagreement, ['n', 'rate']), [2, 0.5])
    assert.equal(row?.feedback, null)
    const { children } = await rig.read(`/calls/${ids[0]}`)
    assert.deepEqual(
      (children as unknown as JsonObject[]).map(({ purpose }) => purpose),
      ['check'],
    )
  })
})

/** Waits until it is kept what came of asking a call again. */
const repeatOf = async (rig: ObserveRig, call: string): Promise<void> => {
  for (;;) {
    const { feedback } = await rig.read(`/calls/${call}`)
    if ((feedback as unknown as JsonObject[]).length > 0) return
  }
}
