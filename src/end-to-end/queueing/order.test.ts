import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startFakeUpstream } from '../../testing/index.ts'
import { openaiAt, startGateway, until } from '../faults/harness.ts'
import { answerAfter } from './rig.ts'

const keyOf = (name: string): string => `sk-${name}-0123456789`

const start = async (keys: readonly { name: string; priority?: 'high' | 'normal' | 'low'; weight?: number }[]) => {
  const upstream = await startFakeUpstream()
  const gateway = await startGateway({
    providers: { one: { ...openaiAt(upstream.url), queue: { concurrency: 1, maxWait: '30s' } } },
    models: { chat: { targets: ['one/m'], retry: { attempts: 1 } } },
    keys: keys.map((key) => ({ ...key, key: keyOf(key.name) })),
  }).catch(async (thrown: unknown) => {
    await upstream.close()
    throw thrown
  })
  /** Asks in the name of a key, and gives when it was answered. */
  const ask = async (name: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keyOf(name)}`, ...headers },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: name }] }),
    })
    await response.text()
    assert.equal(response.status, 200)
    return name
  }
  /** Waits until so many calls are with the gateway. */
  const arrived = (count: number): Promise<void> =>
    until(() => gateway.gateway.inFlight === count, `${count} calls did not come`)
  return {
    upstream,
    ask,
    arrived,
    order: () => upstream.journal.map(({ body }) => JSON.parse(body).messages[0].content as string),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

test('the more urgent come first, and nobody is more urgent than its key allows', async () => {
  await using rig = await start([
    { name: 'batch', priority: 'low' },
    { name: 'web' },
    { name: 'chat', priority: 'high' },
  ])
  rig.upstream.script(answerAfter(1_500))
  rig.upstream.always(answerAfter(20))
  const all = [rig.ask('web')]
  await rig.arrived(1)
  for (const [index, [name, headers]] of (
    [
      ['batch', { 'x-tollgate-priority': 'high' }],
      ['web', {}],
      ['chat', { 'x-tollgate-priority': 'low' }],
      ['chat', {}],
    ] as const
  ).entries()) {
    all.push(rig.ask(name, headers))
    await rig.arrived(index + 2)
  }
  await Promise.all(all)
  assert.deepEqual(rig.order(), ['web', 'chat', 'web', 'batch', 'chat'])
})

test('a key that sends much leaves the others their turns', async () => {
  await using rig = await start([{ name: 'noisy' }, { name: 'quiet' }])
  // While the first is under way all the others come.
  rig.upstream.script(answerAfter(1_500))
  rig.upstream.always(answerAfter(20))
  const all = [rig.ask('noisy')]
  await rig.arrived(1)
  for (let count = 2; count <= 12; count++) {
    all.push(rig.ask('noisy'))
    await rig.arrived(count)
  }
  all.push(rig.ask('quiet'))
  await rig.arrived(13)
  await Promise.all(all)
  const place = rig.order().indexOf('quiet')
  assert.ok(place >= 1 && place <= 5, `${rig.order()}`)
})

test('a priority that is none is refused', async () => {
  await using rig = await start([{ name: 'web' }])
  await assert.rejects(rig.ask('web', { 'x-tollgate-priority': 'urgent' }))
})
