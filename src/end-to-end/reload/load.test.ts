import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { startReloadRig } from './rig.ts'

const reloads = 100
const callers = 6

/** The same models from other providers, with other weights, prices and limits each time; every fifth is wrong. */
const version = (count: number, url: string): string => `
telemetry: { log: silent }
server: { drain: { notReady: 0s } }
providers:
  up${count % 3}: { kind: openai-compatible, baseUrl: "${url}/v1" }
  other: { kind: openai-compatible, baseUrl: "${url}/v1" }
models:
  chat: { targets: [{ target: up${count % 3}/one, weight: ${(count % 7) + 1} }, other/two] }
keys: [{ name: web, key: a-key-of-the-web, team: shop }]
limits: [{ scope: "team:shop", requests: ${1_000_000 + count}/m, concurrency: ${100 + count} }]
prices: { "other/*": { input: ${count}, output: ${count} } }
${count % 5 === 4 ? 'modles: {}' : ''}
`

describe('a configuration that is read again under load', () => {
  test('fails no call through a hundred readings, of which every fifth is wrong', async () => {
    await using upstream = await startFakeUpstream()
    upstream.always((request) => openaiText('one two three', { stream: request.body.includes('"stream":true') }))
    await using rig = await startReloadRig(version(0, upstream.url))
    let isOver = false
    const failures: string[] = []
    let answered = 0
    const call = async (stream: boolean): Promise<void> => {
      while (!isOver) {
        const { status, text } = await rig.ask('chat', 'a-key-of-the-web', { stream })
        if (status !== 200 || (stream && !text.includes('[DONE]'))) failures.push(`${status} ${text}`)
        answered++
      }
    }
    const calling = Array.from({ length: callers }, (_, index) => call(index % 2 === 0))
    let good = 0
    for (let count = 1; count <= reloads; count++) {
      await rig.write(version(count, upstream.url))
      if ((await rig.running.reload('signal')).ok) good++
    }
    isOver = true
    await Promise.all(calling)
    assert.deepEqual(failures, [])
    assert.equal(good, reloads - Math.floor(reloads / 5))
    assert.ok(answered >= reloads, `only ${answered} calls were made`)
    assert.match(await rig.metrics(), /tollgate_in_flight 0/)
  })

  test('lets go of what was in force before', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const configOf = (weight: number) =>
      parseConfig(
        {
          discover: false,
          telemetry: { log: 'silent' },
          providers: { sim: { kind: 'simulated' } },
          models: { chat: [{ target: 'sim/small', weight }] },
        },
        {},
      )
    const runtime = await assemble(await configOf(1))
    const old: WeakRef<object>[] = []
    for (let weight = 2; weight < 12; weight++) {
      old.push(new WeakRef(runtime.plan()))
      runtime.replace(await configOf(weight))
    }
    for (let tries = 0; tries < 10 && old.some((each) => each.deref()); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10))
      collect()
    }
    assert.equal(old.filter((each) => each.deref()).length, 0)
    await runtime.close()
  })
})
