import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import type { Config } from './config.ts'
import { type LoadOptions, loadConfig, parseConfig } from './load.ts'

const probe = async () => undefined

const load = async (options: Partial<LoadOptions>): Promise<Config> =>
  (await loadConfig({ environment: {}, probe, ...options })).config

const complaintsOf = async (options: Partial<LoadOptions>): Promise<string> => {
  try {
    await load(options)
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message
  }
  return 'none'
}

describe('where a configuration comes from', () => {
  let directory = ''
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tollgate-config-'))
    await mkdir(join(directory, 'both'))
    await writeFile(join(directory, 'both', 'tollgate.yaml'), 'server: { port: 1 }')
    await writeFile(join(directory, 'both', 'tollgate.json'), '{"server":{"port":2}}')
    await writeFile(join(directory, 'other.yaml'), 'server: { port: 3 }')
    await writeFile(join(directory, 'third.yaml'), 'server: { port: 4 }')
    await mkdir(join(directory, 'json'))
    await writeFile(join(directory, 'json', 'tollgate.json'), '\uFEFF{"server":{"port":5}}')
  })
  after(() => rm(directory, { recursive: true }))

  test('tollgate.yaml of the working directory goes before tollgate.json', async () => {
    const config = await load({ directory: join(directory, 'both') })
    assert.equal(config.server.port, 1)
    assert.equal(config.file, join(directory, 'both', 'tollgate.yaml'))
  })

  test('tollgate.json is found, and its byte order mark does no harm', async () => {
    assert.equal((await load({ directory: join(directory, 'json') })).server.port, 5)
  })

  test('TOLLGATE_CONFIG goes before the working directory, and a named file before both', async () => {
    const environment = { TOLLGATE_CONFIG: join(directory, 'other.yaml') }
    const beside = join(directory, 'both')
    assert.equal((await load({ directory: beside, environment })).server.port, 3)
    assert.equal((await load({ directory: beside, environment, file: join(directory, 'third.yaml') })).server.port, 4)
  })

  test('a named file must exist, and the complaint says who named it', async () => {
    assert.equal(await complaintsOf({ file: '/nowhere.yaml' }), '/nowhere.yaml: there is no such file')
    assert.equal(
      await complaintsOf({ environment: { TOLLGATE_CONFIG: '/nowhere.yaml' } }),
      '/nowhere.yaml: there is no such file (named by the environment variable TOLLGATE_CONFIG)',
    )
  })

  test('without any file the defaults hold', async () => {
    const config = await load({ directory })
    assert.equal(config.file, undefined)
    assert.deepEqual([...config.providers.keys()], ['sim'])
  })

  const bad: readonly (readonly [name: string, bytes: Buffer, problem: string])[] = [
    ['larger than 1 MiB', Buffer.alloc(1024 * 1024 + 1, '#'), 'is larger than 1 MiB, which no configuration should be'],
    ['UTF-16', Buffer.from('\uFEFFserver: {}', 'utf16le'), 'is UTF-16; save it as UTF-8'],
    ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'is not a text file'],
    ['in another encoding', Buffer.from('name: caf\u00e9', 'latin1'), 'is not UTF-8 text'],
  ]
  for (const [name, bytes, problem] of bad) {
    test(`a file that is ${name} is refused in plain words`, async () => {
      const file = join(directory, 'bad.yaml')
      await writeFile(file, bytes)
      assert.equal(await complaintsOf({ file }), `${file}: ${problem}`)
    })
  }

  test('a folder is refused in plain words', async () => {
    assert.equal(await complaintsOf({ file: directory }), `${directory}: is a folder, not a file`)
  })
})

describe('a configuration', () => {
  test('has every default filled in, in milliseconds and bytes', async () => {
    const config = await load({ text: '' })
    assert.deepEqual(config.server, {
      host: '127.0.0.1',
      port: 4000,
      maxBodyBytes: 33_554_432,
      maxFileBytes: 256 * 1024 * 1024,
      capacity: 4_096,
      maxMemoryBytes: undefined,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
      keepAliveMs: 65_000,
      drain: { notReadyMs: 5_000, streamsMs: 120_000 },
      admin: { token: undefined, readToken: undefined, listen: undefined },
    })
    assert.deepEqual(config.timeouts, {
      totalMs: 600_000,
      streamTotalMs: 3_600_000,
      firstTokenMs: 120_000,
      idleMs: 60_000,
      progressMs: 180_000,
      connectMs: 5_000,
    })
    assert.deepEqual(config.retry, { attempts: 4, sameTarget: 1 })
    assert.deepEqual(config.telemetry, {
      log: 'info',
      metrics: true,
      calls: { keepMs: 30 * 86_400_000, mostBytes: 5 * 1024 ** 3, path: resolve('tollgate-calls.db'), prompts: true },
      traces: undefined,
      quality: { webhook: undefined },
      storeBodies: undefined,
      propagate: false,
    })
  })

  test('takes a section without lines for none, and a provider without fields with its defaults', async () => {
    const config = await load({ text: 'providers:\n  sim:\n    kind: simulated\nmodels:\nkeys:\n# nothing yet\n' })
    assert.equal(config.models.size, 0)
    const named = await load({ text: 'providers:\n  ollama:\n' })
    assert.equal(named.providers.get('ollama')?.foundBy, undefined)
  })

  test('reads the short forms of a model as the long one', async () => {
    const { models } = await load({ text: 'models: { one: sim/a, two: [sim/a, { target: sim/b/c, weight: 2 }] }' })
    assert.deepEqual(models.get('one')?.targets, [{ id: 'sim/a', provider: 'sim', model: 'a', weight: 1 }])
    assert.deepEqual(models.get('two')?.targets[1], { id: 'sim/b/c', provider: 'sim', model: 'b/c', weight: 2 })
    assert.deepEqual(models.get('two')?.policies, ['capable', 'healthy'])
  })

  test("lets a model's clocks go before the general ones, one by one", async () => {
    const { models } = await load({
      text: `
timeouts: { idle: 20s }
retry: { attempts: 2 }
models:
  a: { targets: [sim/a], timeouts: { total: 30s }, retry: { sameTarget: 0 } }
  b: { targets: [sim/b], timeouts: { total: 30s, streamTotal: 5m, idle: 1s } }`,
    })
    const { totalMs, streamTotalMs, idleMs } = models.get('b')?.timeouts ?? {}
    assert.deepEqual({ totalMs, streamTotalMs, idleMs }, { totalMs: 30_000, streamTotalMs: 300_000, idleMs: 1_000 })
    assert.equal(models.get('a')?.timeouts.streamTotalMs, 30_000, 'a total alone holds for streams as well')
    assert.equal(models.get('a')?.timeouts.idleMs, 20_000)
    assert.deepEqual(models.get('a')?.retry, { attempts: 2, sameTarget: 0 })
  })

  test("puts another model's targets where a fallback names it", async () => {
    const { models } = await load({
      text: 'models: { a: { targets: [sim/a], fallback: { context: [b, sim/z, sim/y], policy: [] } }, b: [sim/y, sim/x] }',
    })
    assert.deepEqual(
      models.get('a')?.contextChain.map(({ id }) => id),
      ['sim/y', 'sim/x', 'sim/z'],
    )
  })

  test('fills the parts of a price that are not given from those they belong to', async () => {
    const { prices } = await load({ text: 'prices: { sim/*: { input: 0.25, output: 2, cacheWrite: 0.5 } }' })
    assert.deepEqual(prices.get('sim/*')?.[0]?.rates, {
      input: 250_000_000n,
      output: 2_000_000_000n,
      cacheRead: 250_000_000n,
      cacheWriteShort: 500_000_000n,
      cacheWriteLong: 500_000_000n,
      audioInput: 250_000_000n,
      reasoning: 2_000_000_000n,
      audioOutput: 2_000_000_000n,
    })
  })

  test('takes numbers and true or false from the environment', async () => {
    const environment = { P: '8080', M: 'false', S: '1MiB', R: '0.5' }
    const text = `server: { port: "\${P}", maxBodyBytes: "\${S}" }
telemetry: { metrics: "\${M}" }
providers: { slow: { kind: simulated, errorRate: "\${R}" } }`
    const config = await load({ text, environment })
    assert.equal(config.server.port, 8080)
    assert.equal(config.server.maxBodyBytes, 1_048_576)
    assert.equal(config.telemetry.metrics, false)
    assert.equal(config.providers.get('slow')?.simulation?.errorRate, 0.5)
  })

  test('gives way to HOST and PORT of the environment', async () => {
    const { server } = await load({ text: 'server: { port: 1 }', environment: { HOST: '[::1]', PORT: '0' } })
    assert.deepEqual([server.host, server.port], ['::1', 0])
  })

  test('that a program gives does not look at HOST and PORT', async () => {
    const { server } = await parseConfig({}, { HOST: '0.0.0.0', PORT: 'x' }, probe)
    assert.deepEqual([server.host, server.port], ['127.0.0.1', 4000])
  })

  test('that a program gives is checked like a file', async () => {
    const value = { models: { chat: 'nobody/x' } }
    assert.equal(await complaintsOf({ value }), 'models.chat: no provider is called "nobody"; known here: sim')
  })

  test('may call a model like something every object has', async () => {
    const { models } = await load({ text: 'models: { constructor: sim/a, toString: sim/b }' })
    assert.deepEqual([...models.keys()], ['constructor', 'toString'])
  })
})

describe('the key of a provider', () => {
  test('is the usual variable of its kind when none is written', async () => {
    const environment = { GROQ_API_KEY: 'gsk-1' }
    const { providers } = await load({ text: 'providers: { fast: { kind: groq } }', environment })
    assert.equal(providers.get('fast')?.apiKey, 'gsk-1')
  })

  test('is never the usual variable when calls go to another address', async () => {
    const { providers } = await load({
      text: 'providers: { openai: { baseUrl: "http://127.0.0.1:1/v1/" } }',
      environment: { OPENAI_API_KEY: 'sk-1' },
    })
    assert.equal(providers.get('openai')?.apiKey, undefined)
    assert.equal(providers.get('openai')?.baseUrl, 'http://127.0.0.1:1/v1')
  })
})

describe('discovered providers', () => {
  const environment = { OPENAI_API_KEY: 'sk-found' }

  test('stand beside the configured ones, which win under the same name', async () => {
    const text = 'providers: { openai: { apiKey: sk-written } }'
    const { providers } = await load({ text, environment: { ...environment, XAI_API_KEY: 'x' } })
    assert.deepEqual([...providers.keys()], ['openai', 'xai', 'sim'])
    assert.equal(providers.get('openai')?.apiKey, 'sk-written')
  })

  test('are left out by discover: false, the simulated one too', async () => {
    assert.equal((await load({ text: 'discover: false', environment })).providers.size, 0)
  })
})
