import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { adminToken, startReloadRig, until } from './rig.ts'

const quick = '{ kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }'

interface Parts {
  readonly models?: string
  readonly key?: string
  readonly more?: string
}

const config = ({ models = '{ chat: sim/small }', key = 'a-key-of-the-web', more = '' }: Parts = {}): string => `
telemetry: { log: silent }
server: { admin: { token: ${adminToken} }, drain: { notReady: 0s } }
providers: { sim: ${quick} }
models: ${models}
keys: [{ name: web, key: ${key} }]
${more}
`

describe('a configuration that is read again', () => {
  test('serves other models, keys, prices and limits at once', async () => {
    await using rig = await startReloadRig(config())
    assert.equal((await rig.ask('chat')).status, 200)
    await rig.write(
      config({
        models: '{ talk: sim/large }',
        key: 'another-key-of-the-web',
        more: 'limits: [{ scope: "key:web", requests: 1/h }]\nprices: { sim/large: { input: 1000, output: 1000 } }',
      }),
    )
    const outcome = await rig.running.reload('signal')
    assert.deepEqual([outcome.ok, outcome.needsRestart], [true, []])
    assert.equal((await rig.ask('talk')).status, 401, 'the old key is gone')
    assert.equal((await rig.ask('chat', 'another-key-of-the-web')).status, 404, 'the old model is gone')
    assert.equal((await rig.ask('talk', 'another-key-of-the-web')).status, 200)
    assert.equal((await rig.ask('talk', 'another-key-of-the-web')).status, 429, 'the new limit holds')
  })

  test('raises and lowers a limit and a budget at once, and keeps what was used of them', async () => {
    const limited = (requests: number, usd: number): string =>
      config({
        more: `limits: [{ scope: "key:web", requests: ${requests}/h }]\nbudgets: [{ scope: "key:web", usd: ${usd}, per: day }]`,
      })
    await using rig = await startReloadRig(limited(1, 5))
    const statusWith = async (text: string): Promise<number> => {
      await rig.write(text)
      assert.equal((await rig.running.reload('signal')).ok, true)
      return (await rig.ask('chat')).status
    }
    assert.equal((await rig.ask('chat')).status, 200)
    assert.equal((await rig.ask('chat')).status, 429)
    assert.equal(await statusWith(limited(3, 5)), 200, 'one more than was used')
    assert.equal(await statusWith(limited(2, 5)), 429, 'no more than was used')
    assert.equal(await statusWith(limited(5, 0.000001)), 402, 'less money than was spent')
    assert.equal(await statusWith(limited(5, 5)), 200)
  })

  test('follows other weights', async () => {
    const weighted = (small: number, large: number): string =>
      config({
        models: `{ chat: { targets: [{ target: sim/small, weight: ${small} }, { target: sim/large, weight: ${large} }] } }`,
      })
    await using rig = await startReloadRig(weighted(1_000_000, 0.000001))
    const targets = async (): Promise<Set<unknown>> => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => rig.ask('chat')))
      return new Set(answers.map(({ text }) => JSON.parse(text).model))
    }
    assert.deepEqual([...(await targets())], ['small'])
    await rig.write(weighted(0.000001, 1_000_000))
    await rig.running.reload('signal')
    assert.deepEqual([...(await targets())], ['large'])
  })

  test('is noticed by itself when an editor writes the file', async () => {
    await using rig = await startReloadRig(config(), true)
    await rig.write(config({ models: '{ talk: sim/large }' }))
    await until(async () => (await rig.ask('talk')).status === 200, 'the new model is served')
  })

  test('stays as it was when the new one is wrong, and says so to administrators and in the metrics', async () => {
    await using rig = await startReloadRig(config())
    await rig.write(config({ models: '{ chat: nobody/small, talk: { targets: [] } }' }))
    const outcome = await rig.running.reload('file')
    assert.equal(outcome.ok, false)
    assert.equal((await rig.ask('chat')).status, 200)
    const shown = JSON.parse((await rig.admin('GET', 'config')).text)
    assert.equal(shown.file, rig.file)
    assert.equal(shown.latest.ok, false)
    assert.equal(shown.latest.complaints.length, 2)
    assert.match(shown.latest.complaints[0], /tollgate\.yaml:5:17 models\.chat: no provider is called "nobody"/)
    assert.match(await rig.metrics(), /tollgate_config_reload_failed 1/)
    const refused = await rig.admin('POST', 'reload')
    assert.equal(refused.status, 400)
    assert.match(refused.text, /no provider is called/)
    await rig.write(config())
    assert.equal((await rig.admin('POST', 'reload')).status, 200)
    const metrics = await rig.metrics()
    assert.match(metrics, /tollgate_config_reload_failed 0/)
    assert.match(metrics, /tollgate_config_reload_total\{outcome="failed"\} 2/)
    assert.match(metrics, /tollgate_config_reload_total\{outcome="ok"\} 1/)
  })

  test('stays as it was when the file is written only by half, or a variable is missing', async () => {
    await using rig = await startReloadRig(config())
    await writeFile(rig.file, config().slice(0, 90))
    assert.equal((await rig.running.reload('file')).ok, false)
    await rig.write(config({ key: `"\${NO_SUCH_VARIABLE}"` }))
    const outcome = await rig.running.reload('file')
    assert.match(outcome.complaints.join('\n'), /NO_SUCH_VARIABLE/)
    assert.equal((await rig.ask('chat')).status, 200)
  })

  test('is refused when it would let everybody in where other machines reach it', async () => {
    await using rig = await startReloadRig(config())
    await rig.write(
      config()
        .replace('server: {', 'server: { host: 0.0.0.0,')
        .replace(/keys: .*/, ''),
    )
    const outcome = await rig.running.reload('signal')
    assert.match(outcome.complaints.join('\n'), /tollgate\.yaml:3:\d+ server\.host: 0\.0\.0\.0 is reachable/)
    assert.equal((await rig.ask('chat', 'no-key-of-anybody')).status, 401)
  })

  test('says what holds only after a restart and puts the rest in force', async () => {
    await using rig = await startReloadRig(config())
    await rig.write(config({ models: '{ talk: sim/small }' }).replace('notReady: 0s', 'notReady: 1s'))
    assert.deepEqual((await rig.running.reload('signal')).needsRestart, ['server.drain'])
    assert.equal((await rig.ask('talk')).status, 200)
  })

  test('shows no secret to administrators', async () => {
    await using rig = await startReloadRig(config())
    const { status, text } = await rig.admin('GET', 'config')
    assert.equal(status, 200)
    assert.ok(!text.includes('a-key-of-the-web') && !text.includes(adminToken))
    assert.match(text, /"key":"\[hidden\]"/)
  })

  test('lets a stream go on that began with the old one, whose provider is gone', async () => {
    const upstream = await startFakeUpstream()
    const provider = `  up: { kind: openai-compatible, baseUrl: "${upstream.url}/v1" }`
    const before = config({ models: '{ chat: up/one }' }).replace(/providers: .*/, `providers:\n${provider}`)
    await using rig = await startReloadRig(before)
    upstream.always({ ...openaiText('one two three four five six', { stream: true }), eventDelayMs: 60 })
    const asking = rig.ask('chat', 'a-key-of-the-web', { stream: true })
    await until(async () => upstream.journal.length === 1, 'the call is under way')
    await rig.write(config())
    assert.equal((await rig.running.reload('signal')).ok, true)
    const { status, text } = await asking
    assert.equal(status, 200)
    assert.match(text, /data: \[DONE\]/)
    await upstream.close()
  })

  test('sends a call that waits to be tried again where its own configuration said', async () => {
    const upstream = await startFakeUpstream()
    const before = config({ models: '{ chat: { targets: [up/one], retry: { attempts: 2 } } }' }).replace(
      /providers: .*/,
      `providers:\n  up: { kind: openai-compatible, baseUrl: "${upstream.url}/v1" }`,
    )
    await using rig = await startReloadRig(before)
    upstream.script({ status: 429, headers: { 'retry-after': '1' }, body: '{"error":{"message":"slow down"}}' })
    upstream.always(openaiText('back again'))
    const asking = rig.ask('chat')
    await until(async () => upstream.journal.length === 1, 'the first try')
    await rig.write(config())
    assert.equal((await rig.running.reload('signal')).ok, true)
    const { status, text } = await asking
    assert.equal(status, 200)
    assert.match(text, /back again/)
    assert.equal(upstream.journal.length, 2)
    await upstream.close()
  })
})
