import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, test } from 'node:test'
import { run, serve } from './spawned.ts'

/** The request that a curl command of the banner makes. */
const requestOf = (banner: string): { url: string; init: RequestInit } => {
  const [command = ''] = /curl (?:[^\n]*\\\n)*[^\n]*/.exec(banner) ?? []
  const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']): [string, string] => [
    name,
    value,
  ])
  const [, body = ''] = /-d '([^']+)'/.exec(command) ?? []
  return { url: /https?:\S+/.exec(command)?.[0] ?? '', init: { method: 'POST', headers, body } }
}

describe('tollgate serve', () => {
  test('says where it listens and what it found, and the command it shows works', async (context) => {
    await using server = await serve()
    assert.match(server.banner, /^Tollgate listens on http:\/\/127\.0\.0\.1:\d+, without a configuration file\.\n/)
    assert.match(server.banner, /sim +always there \(simulated\), 3 models listed/)
    assert.match(server.banner, /\nStore: \/.*\/tollgate\.db\n/)
    assert.match(
      server.banner,
      /\nAdministrators: http:\S+\/admin\/ with the token tg-admin-\S+ \(until the server stops\)\n/,
    )
    assert.match(server.banner, /For real models set a key such as OPENAI_API_KEY/)
    const { url, init } = requestOf(server.banner)
    const asked = performance.now()
    const answer = await fetch(url, init)
    assert.equal(answer.status, 200)
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
    assert.match(choices[0]?.message.content ?? '', /^You asked: “Hello”/)
    const answeredMs = performance.now() - asked
    context.diagnostic(`listening after ${server.startMs.toFixed(0)} ms, answered ${answeredMs.toFixed(0)} ms later`)
  })

  test('shows the first model of the file and a place for the key where keys are needed', async () => {
    const text =
      'providers:\n  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 } }\nmodels: { chat: sim/small }\nkeys: [{ name: web, key: web-secret }]\n'
    await using server = await serve({ files: { 'tollgate.yaml': text } })
    assert.match(server.banner, /, configured by tollgate\.yaml\.\n/)
    const shown = requestOf(server.banner.replace('<one of your keys>', 'web-secret'))
    assert.match(String(shown.init.body), /"model":"chat"/)
    assert.equal((await fetch(shown.url, shown.init)).status, 200)
    assert.equal((await fetch(shown.url, { ...shown.init, headers: {} })).status, 401)
  })

  test('logs one line for a call on standard output, and nothing of what was said', async () => {
    const server = await serve()
    const { url, init } = requestOf(server.banner)
    await (await fetch(url, init)).text()
    const { output } = await server.stop()
    const [line = '', ...more] = output.trimEnd().split('\n')
    assert.deepEqual(more, [])
    const { message, model, outcome, target } = JSON.parse(line)
    assert.deepEqual(
      { message, model, outcome, target },
      { message: 'call', model: 'sim/small', outcome: 'ok', target: 'sim/small' },
    )
    assert.doesNotMatch(line, /Hello/)
  })

  test('stops at once, with code 0, when it is asked twice', async () => {
    const server = await serve()
    const asked = performance.now()
    const { code, errors } = await server.stop()
    assert.equal(code, 0)
    assert.match(errors, /Stopping: no new calls are taken/)
    assert.ok(performance.now() - asked < 4_000, 'the pause for load balancers was waited for')
  })

  test('ends with 1 and one line when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, errors } = await run(['serve'], { environment: { PORT: String(port) } })
    other.close()
    assert.equal(code, 1)
    assert.equal(
      errors,
      `Cannot listen on 127.0.0.1:${port}: something listens there already; choose another port by PORT or server.port, or stop what holds it (EADDRINUSE).\n`,
    )
  })

  test('refuses an address that other machines reach while no keys are configured, and says why', async () => {
    const { code, errors } = await run(['serve'], { environment: { HOST: '0.0.0.0', PORT: '0' } })
    assert.equal(code, 1)
    assert.equal(
      errors,
      'server.host: 0.0.0.0 (from the environment variable HOST) is reachable from other machines; configure keys or bind 127.0.0.1\n',
    )
  })

  test('refuses to start with a wrong file', async () => {
    const { code, errors } = await run(['serve'], { files: { 'tollgate.yaml': 'modles: {}\n' } })
    assert.equal(code, 1)
    assert.match(errors, /^tollgate\.yaml:1:1 modles: unknown field; did you mean "models"\?\n$/)
  })
})
