import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { after, afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Served, serve } from '../../cli/spawned.ts'
import { endless, type FakeUpstream, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle, type Language, saidIn, type Transcript } from './client.ts'
import { anthropicAt, openaiAt, until } from './harness.ts'

const streams = 50
const word = 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"la "}}]}\n\n'
const story = 'one two three four five six seven eight nine ten'

describe('a server that is asked to stop', () => {
  let upstream: FakeUpstream
  let server: Served | undefined
  beforeEach(async () => {
    upstream = await startFakeUpstream()
  })
  afterEach(async () => {
    await server?.stop()
    server = undefined
    await upstream.close()
  })
  after(closeIdle)

  const start = async (drain: { notReady: string; streams: string }): Promise<{ server: Served; port: number }> => {
    const config = {
      server: { drain },
      providers: { up: openaiAt(upstream.url), claude: anthropicAt(upstream.url) },
      models: { chat: ['up/one'] },
      telemetry: { log: 'info' },
    }
    const files = { 'tollgate.json': JSON.stringify(config) }
    server = await serve({ files, environment: { HOST: '127.0.0.1', PORT: '0' } })
    return { server, port: Number(new URL(server.url).port) }
  }

  /** Streams that have begun to answer. */
  const begin = async (port: number): Promise<Promise<Transcript>[]> => {
    const languages: readonly Language[] = ['openai', 'anthropic']
    const answers = Array.from({ length: streams }, (_, index) =>
      ask(port, { stream: true, language: languages[index % 2], agent: new Agent({ keepAlive: true }) }),
    )
    await until(() => upstream.journal.length === streams, 'not all have begun')
    await sleep(150)
    return answers
  }

  const ready = async (url: string): Promise<number> => (await fetch(`${url}/readyz`)).status

  test('says so at once, goes on serving, and finishes fifty streams before it ends with 0', async () => {
    const { server, port } = await start({ notReady: '600ms', streams: '20s' })
    upstream.always({ ...openaiText(story, { stream: true }), eventDelayMs: 150 })
    const answers = await begin(port)
    const asked = performance.now()
    assert.equal(await ready(server.url), 200)
    server.child.kill('SIGTERM')
    await sleep(100)
    upstream.always(openaiText('Still here.'))
    for (const at of [100, 250, 400]) {
      await sleep(Math.max(0, asked + at - performance.now()))
      assert.equal(await ready(server.url), 503)
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
      assert.equal((await ask(port, { agent: new Agent() })).status, 200)
    }
    for (const answer of await Promise.all(answers)) {
      const said = saidIn(answer.text)
      assert.deepEqual([said.words, said.ends, said.errors, answer.complete], [story, 1, [], true])
    }
    const finished = performance.now()
    const { code, output } = await server.ended
    assert.equal(code, 0)
    assert.ok(performance.now() - finished < 2_000, 'it ends soon after the last stream')
    const records = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(records.filter(({ outcome }) => outcome === 'ok').length, streams + 3)
  })

  test('ends at once when it is asked again, with an error in each stream', async () => {
    const { server, port } = await start({ notReady: '20s', streams: '20s' })
    upstream.always(endless(word, 20))
    const answers = await begin(port)
    server.child.kill('SIGTERM')
    await sleep(100)
    const again = performance.now()
    server.child.kill('SIGTERM')
    for (const answer of await Promise.all(answers)) {
      const said = saidIn(answer.text)
      assert.deepEqual([said.errors, said.ends, said.errorIsLast, answer.complete], [['overloaded'], 0, true, true])
      assert.match(answer.text, /server is stopping/)
    }
    const { code, output } = await server.ended
    assert.equal(code, 0)
    assert.ok(performance.now() - again < 2_500, `it took ${performance.now() - again} ms`)
    const records = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      records.map(({ error }) => error),
      Array(streams).fill('overloaded'),
    )
    await until(() => upstream.journal.every(({ abortedAt }) => abortedAt !== undefined), 'an upstream still sends')
  })

  test('gives streams no more time than it was told to', async () => {
    const { server, port } = await start({ notReady: '0s', streams: '500ms' })
    upstream.always(endless(word, 20))
    const answers = await begin(port)
    const asked = performance.now()
    server.child.kill('SIGTERM')
    for (const answer of await Promise.all(answers)) assert.deepEqual(saidIn(answer.text).errors, ['overloaded'])
    const tookMs = performance.now() - asked
    assert.ok(tookMs > 450 && tookMs < 1_500, `it took ${tookMs} ms`)
    assert.equal((await server.ended).code, 0)
  })

  test('is not held up by connections on which nothing is asked', async () => {
    const { server, port } = await start({ notReady: '0s', streams: '20s' })
    const idle = Array.from({ length: 5 }, () => connect({ host: '127.0.0.1', port }).on('error', () => {}))
    upstream.always(openaiText('Well.'))
    await ask(port)
    await sleep(100)
    const asked = performance.now()
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0)
    assert.ok(performance.now() - asked < 2_000, `it took ${performance.now() - asked} ms`)
    for (const socket of idle) socket.destroy()
  })

  test('is not held up by a client that asks again and again over one connection', async () => {
    const { server, port } = await start({ notReady: '300ms', streams: '20s' })
    upstream.always(openaiText('Well.'))
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    let served = 0
    let refused: unknown
    const asking = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (refused === undefined) {
          const answer = await ask(port, { agent }).catch((error) => {
            refused ??= error
          })
          if (answer?.status === 200) served++
        }
      }),
    )
    await until(() => served > 10, 'it is not served')
    const asked = performance.now()
    server.child.kill('SIGTERM')
    const { code } = await server.ended
    await asking
    assert.equal(code, 0)
    const tookMs = performance.now() - asked
    assert.ok(tookMs > 290 && tookMs < 2_500, `it took ${tookMs} ms`)
  })
})

describe('a server with a bug that nobody caught', () => {
  for (const kind of ['exception', 'rejection']) {
    test(`ends with 1 after an unhandled ${kind}, and its log says why without secrets`, async () => {
      const script = fileURLToPath(new URL('./crashing.ts', import.meta.url))
      const child = spawn(process.execPath, [script, kind], { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      child.stdout.on('data', (text) => {
        output += text
      })
      const [code] = await once(child, 'close')
      assert.equal(code, 1)
      const { level, message, err } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
      assert.deepEqual([level, message, err.message], ['fatal', 'crashed', 'a bug that nobody foresaw'])
      assert.doesNotMatch(output, /0123456789abcdef/)
    })
  }
})
