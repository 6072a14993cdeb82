import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import process from 'node:process'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { ConfigError, createGateway } from '../index.ts'
import { silence, startFakeUpstream } from '../testing/index.ts'

const messages = [{ role: 'user', content: 'Hello' }]
const here = new URL('../', import.meta.url)

/** Runs a program that uses the library; it must end by itself. */
const runProgram = async (lines: readonly string[]): Promise<string> => {
  const program = [
    `import { createGateway } from ${JSON.stringify(new URL('index.ts', here).href)}`,
    `import { openaiText, startFakeUpstream } from ${JSON.stringify(new URL('testing/index.ts', here).href)}`,
    ...lines,
  ].join('\n')
  const environment = { PATH: process.env.PATH, OLLAMA_HOST: '127.0.0.1:1' }
  const settings = { env: environment, timeout: 20_000 }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], settings)
  return stdout
}

const ask = `await gateway.chat({ model: 'up/one', messages: [{ role: 'user', content: 'Hello' }] })`
const overSockets = [
  'const upstream = await startFakeUpstream()',
  `upstream.always(openaiText('Yes.'))`,
  "const up = { kind: 'openai-compatible', baseUrl: upstream.url + '/v1' }",
  'const gateway = await createGateway({ providers: { up } })',
  `${ask}; console.log('answered')`,
]

describe('the life of a gateway', () => {
  test('a program ends by itself once it has closed its gateway', async () => {
    const output = await runProgram([...overSockets, 'await gateway.close()', 'await upstream.close()'])
    assert.equal(output, 'answered\n')
  })

  test('a program that only made a gateway ends by itself, and its standard output is its own', async () => {
    const output = await runProgram(['await createGateway({ telemetry: { metrics: false } })', `console.log('made')`])
    assert.equal(output, 'made\n')
  })

  test('writes the log to standard output where that is asked for', async () => {
    const output = await runProgram([
      `const gateway = await createGateway({ telemetry: { log: 'info' } })`,
      `await gateway.chat({ model: 'sim/small', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 2 })`,
      'await gateway.close()',
    ])
    assert.partialDeepStrictEqual(JSON.parse(output), { message: 'call', key: 'library', outcome: 'ok' })
  })

  test('closing ends what is under way, without trying it again, and refuses what comes later', async () => {
    await using upstream = await startFakeUpstream()
    upstream.always(silence())
    const providers = { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } }
    const gateway = await createGateway({ discover: false, providers })
    const underWay = gateway.chat({ model: 'up/one', messages })
    const ended = assert.rejects(underWay, { code: 'overloaded', message: 'The gateway is closed.' })
    while (upstream.journal.length === 0) await new Promise((go) => setTimeout(go, 5))
    await gateway.close()
    await ended
    await assert.rejects(gateway.chat({ model: 'up/one', messages }), { code: 'overloaded' })
    assert.equal(upstream.journal.length, 1)
  })

  test('closing twice is closing once', async () => {
    const gateway = await createGateway({ discover: false })
    await gateway.close()
    await gateway.close()
  })

  test('tells everything that is wrong with its configuration, each with its path', async () => {
    const wrong = { modles: {}, providers: { up: { kind: 'openai-compatible' } }, server: { port: -1 } }
    const error = await createGateway({ discover: false, ...wrong } as never).then(
      () => assert.fail('it was made'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof ConfigError)
    assert.deepEqual(error.complaints.map(({ path }) => path).toSorted(), [
      'modles',
      'providers.up.baseUrl',
      'server.port',
    ])
    assert.match(error.message, /modles: unknown field; did you mean "models"\?/)
  })

  for (const wrong of ['a text', 7, [1]]) {
    test(`takes ${JSON.stringify(wrong)} for no configuration`, async () => {
      await assert.rejects(createGateway(wrong as never), ConfigError)
    })
  }

  test('does not read HOST and PORT, since nothing listens', async () => {
    const before = process.env.HOST
    process.env.HOST = '0.0.0.0'
    try {
      await (await createGateway({ discover: false })).close()
    } finally {
      if (before === undefined) delete process.env.HOST
      else process.env.HOST = before
    }
  })
})
