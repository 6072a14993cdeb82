import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import type { Environment } from './expand.ts'
import { kindNames } from './kinds.ts'
import { loadConfig } from './load.ts'

const probe = async () => undefined

const complaintsOf = async (text: string, environment: Environment = {}): Promise<string[]> => {
  try {
    await loadConfig({ text, file: 't.yaml', environment, probe })
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message.split('\n')
  }
  return []
}

type Case = readonly [name: string, text: string, complaint: string]

const cases: readonly Case[] = [
  [
    'a list instead of a map',
    '- a\n',
    't.yaml:1:1: expected a map of sections such as providers and models, got a list',
  ],
  ['an unknown section', 'modles: {}', 't.yaml:1:1 modles: unknown field; did you mean "models"?'],
  ['an unknown field', 'server: { prot: 1 }', 't.yaml:1:11 server.prot: unknown field; did you mean "port"?'],
  [
    'a field of something that does not exist here',
    'models: { a: { targets: [sim/a], cascade: {} } }',
    't.yaml:1:34 models.a.cascade: unknown field; known here: targets, policies, fallback, timeouts, retry, queue, output, cache, hedge, mirror, repeat, latencyBudget',
  ],
  [
    'traces that go nowhere',
    'telemetry: { traces: { sample: 10% } }',
    't.yaml:1:14 telemetry.traces: needs otlp, the address of a collector, or global: true',
  ],
  [
    'traces that go to two places',
    'telemetry: { traces: { otlp: "http://127.0.0.1:4318", global: true } }',
    't.yaml:1:63 telemetry.traces.global: does not go with otlp: spans go to one of them',
  ],
  [
    'a webhook for models that become worse that is none',
    'telemetry: { quality: { webhook: ops } }',
    't.yaml:1:34 telemetry.quality.webhook: no endpoint is called "ops"',
  ],
  [
    'words of calls of a model that does not exist',
    'models: { chat: sim/a }\ntelemetry: { storeBodies: { models: [chta] } }',
    't.yaml:2:38 telemetry.storeBodies.models[0]: no model is called "chta"; did you mean "chat"?',
  ],
  [
    'words of calls by nobody',
    'telemetry: { storeBodies: { keys: [] } }',
    't.yaml:1:29 telemetry.storeBodies.keys: names none; leave it out, and it is all of them',
  ],
  [
    'words of calls of which nothing is kept',
    'telemetry: { calls: false, storeBodies: true }',
    't.yaml:1:41 telemetry.storeBodies: needs the records of calls: telemetry.calls is off',
  ],
  [
    'words that are cut to nothing',
    'telemetry: { storeBodies: { maxSize: 1 } }',
    't.yaml:1:38 telemetry.storeBodies.maxSize: expected a size such as 512KiB or 32MiB, from 1024 to 1048576 bytes, got 1',
  ],
  [
    'a share of traces that is none',
    'telemetry: { traces: { otlp: "http://127.0.0.1:4318", sample: 2 } }',
    't.yaml:1:63 telemetry.traces.sample: expected a share: a number from 0 to 1, or a percentage such as 5%, got 2',
  ],
  ['a list of providers', 'providers: [{ kind: x }]', 't.yaml:1:1 providers: expected a map, got a list'],
  ['a section of the wrong type', 'keys: { a: 1 }', 't.yaml:1:1 keys: expected a list, got a map'],
  [
    'a duration without unit',
    'timeouts: { idle: 30 }',
    't.yaml:1:19 timeouts.idle: expected a duration with its unit, such as 250ms, 10s, 5m or 1h, got 30',
  ],
  [
    'a duration that no timer can wait',
    'timeouts: { total: 30d }',
    't.yaml:1:20 timeouts.total: expected a duration from 1ms to 596h, got "30d"',
  ],
  [
    'a number out of bounds',
    'retry: { attempts: 7 }',
    't.yaml:1:20 retry.attempts: expected a whole number from 1 to 6, got 7',
  ],
  [
    'an infinite number',
    'prices: { sim/*: { input: .inf, output: 0 } }',
    't.yaml:1:27 prices["sim/*"].input: expected a number from 0 to 1000000, got Infinity',
  ],
  [
    'an unknown word',
    'telemetry: { log: warning }',
    't.yaml:1:19 telemetry.log: expected one of silent, error, warn, info, debug, got "warning"; did you mean "warn"?',
  ],
  ['yes for true', 'telemetry: { metrics: yes }', 't.yaml:1:23 telemetry.metrics: expected true or false, got "yes"'],
  [
    'an unknown kind',
    'providers: { a: { kind: opnai } }',
    `t.yaml:1:25 providers.a.kind: expected one of ${kindNames.join(', ')}, got "opnai"; did you mean "openai"?`,
  ],
  [
    'a provider whose name is no kind',
    'providers: { antropic: { apiKey: x } }',
    't.yaml:1:14 providers.antropic.kind: is missing, and "antropic" is no kind; did you mean "anthropic"?',
  ],
  [
    'a compatible provider without address',
    'providers: { a: { kind: openai-compatible } }',
    't.yaml:1:14 providers.a.baseUrl: is missing; the kind openai-compatible has no usual address',
  ],
  [
    'a hosted provider without key',
    'providers: { gemini: {} }',
    't.yaml:1:14 providers.gemini.apiKey: is missing; write it, or set GEMINI_API_KEY or GOOGLE_API_KEY',
  ],
  [
    'an address of another protocol',
    'providers: { a: { kind: openai-compatible, baseUrl: "ftp://h/v1" } }',
    't.yaml:1:53 providers.a.baseUrl: expected an http or https address, got ftp:',
  ],
  [
    'an address with a password, without repeating it',
    'providers: { a: { kind: openai-compatible, baseUrl: "https://u:hunter2@h/v1" } }',
    't.yaml:1:53 providers.a.baseUrl: must not hold a user name or password; use apiKey or headers',
  ],
  [
    'a header that the gateway sets',
    'providers: { a: { kind: ollama, headers: { Host: x } } }',
    't.yaml:1:44 providers.a.headers.Host: is set by the gateway itself',
  ],
  [
    'a header with a line break, without repeating it',
    'providers: { a: { kind: ollama, headers: { x-a: "b\\r\\nc: d" } } }',
    't.yaml:1:49 providers.a.headers.x-a: holds characters that a header cannot carry',
  ],
  [
    'simulation of a provider that is called',
    'providers: { a: { kind: ollama, seed: 1 } }',
    't.yaml:1:33 providers.a.seed: is only for simulated providers; this one is of kind ollama',
  ],
  [
    'a key for a provider that is not called',
    'providers: { a: { kind: simulated, apiKey: k } }',
    't.yaml:1:36 providers.a.apiKey: is only for providers that are called; this one is of kind simulated',
  ],
  [
    'latencies in the wrong order',
    'providers: { a: { kind: simulated, latencyMs: { p50: 400, p99: 300 } } }',
    't.yaml:1:64 providers.a.latencyMs.p99: must not be less than p50',
  ],
  [
    'a provider with a slash in its name',
    'providers: { a/b: { kind: simulated } }',
    't.yaml:1:14 providers["a/b"]: expected a name of letters, digits, ".", "-" and "_", at most 64',
  ],
  [
    'an unknown provider',
    'models: { a: [simm/a] }',
    't.yaml:1:15 models.a[0]: no provider is called "simm"; did you mean "sim"?',
  ],
  [
    'a provider that only lacks its key',
    'models: { a: groq/llama }',
    't.yaml:1:14 models.a: no provider is called "groq"; set GROQ_API_KEY, or add providers.groq',
  ],
  [
    'a target without provider',
    'models: { a: gpt-5 }',
    't.yaml:1:14 models.a: expected a target such as openai/gpt-5-mini, got "gpt-5"',
  ],
  [
    'a public model as target',
    'models: { a: sim/a, b: [a] }',
    't.yaml:1:25 models.b[0]: expected a target such as openai/gpt-5-mini, got "a"; a public model cannot be a target of another',
  ],
  ['a target that is listed twice', 'models: { a: [sim/a, sim/a] }', 't.yaml:1:22 models.a[1]: sim/a is listed twice'],
  ['a model without targets', 'models: { a: [] }', 't.yaml:1:11 models.a: needs at least one target'],
  [
    'an empty model',
    'models: { a: }',
    't.yaml:1:11 models.a: is empty; expected a target, a list of targets, or a map with targets',
  ],
  [
    'a weight of nothing',
    'models: { a: [{ target: sim/a, weight: 0 }] }',
    't.yaml:1:40 models.a[0].weight: expected a number above 0; to use a target never, remove it',
  ],
  [
    'an unknown policy',
    'models: { a: { targets: [sim/a], policies: [cheap] } }',
    't.yaml:1:45 models.a.policies[0]: expected one of order, weighted, sticky, capable, healthy, cheapest, fastest, got "cheap"; did you mean "cheapest"?',
  ],
  [
    'an unknown fallback',
    'models: { a: { targets: [sim/a], fallback: { context: [bb] } }, b: sim/b }',
    't.yaml:1:56 models.a.fallback.context[0]: no model is called "bb"; did you mean "b"?',
  ],
  [
    'a model as its own fallback',
    'models: { a: { targets: [sim/a], fallback: { policy: [a] } } }',
    't.yaml:1:55 models.a.fallback.policy[0]: a model cannot be its own fallback',
  ],
  [
    'a public name that hides targets',
    'models: { sim/a: sim/b }',
    't.yaml:1:11 models["sim/a"]: would hide the provider/model form of the provider sim; choose another name',
  ],
  ['a short key', 'keys: [{ name: a, key: short }]', 't.yaml:1:24 keys[0].key: must have at least 8 characters'],
  [
    'a key that is a number, without repeating it',
    'keys: [{ name: a, key: 1234567890 }]',
    't.yaml:1:24 keys[0].key: expected text, got a number; put it in quotes',
  ],
  ['a key without name', 'keys: [{ key: 12345678a }]', 't.yaml:1:8 keys[0].name: is missing; expected a name'],
  [
    'a key that is given twice, without repeating it',
    'keys: [{ name: a, key: 12345678a }, { name: b, key: 12345678a }]',
    't.yaml:1:53 keys[1].key: is the same key as keys[0]',
  ],
  [
    'a name of a key that is given twice',
    'keys: [{ name: a, key: 12345678a }, { name: a, key: 12345678b }]',
    't.yaml:1:45 keys[1].name: is the name of keys[0] already',
  ],
  [
    'a reserved name',
    'keys: [{ name: library, key: 12345678a }]',
    't.yaml:1:16 keys[0].name: library is a reserved name',
  ],
  [
    'a key for an unknown model',
    'models: { chat: sim/a }\nkeys: [{ name: a, key: 12345678a, models: [chatt] }]',
    't.yaml:2:44 keys[0].models[0]: no model is called "chatt"; did you mean "chat"?',
  ],
  [
    'a price for an unknown provider',
    'prices: { nope/*: { input: 0, output: 0 } }',
    't.yaml:1:11 prices["nope/*"]: no provider is called "nope"; known here: sim',
  ],
  [
    'a price for a pattern',
    'prices: { sim/a*: { input: 0, output: 0 } }',
    't.yaml:1:11 prices["sim/a*"]: expected provider/model or provider/*',
  ],
  [
    'a host that is an address of the web',
    'server: { host: "http://127.0.0.1" }',
    't.yaml:1:17 server.host: expected an IP address or a host name, got "http://127.0.0.1"',
  ],
]

describe('a mistake is told with its place and what to do', () => {
  for (const [name, text, complaint] of cases) {
    test(name, async () => assert.deepEqual(await complaintsOf(text), [complaint]))
  }

  test('a port of the environment that is none', async () => {
    assert.deepEqual(await complaintsOf('{}', { PORT: '-1' }), [
      't.yaml server.port: the environment variable PORT must be a whole number from 0 to 65535',
    ])
  })
})

describe('mistakes', () => {
  test('are all told at once, by line', async () => {
    const text = `telemetry: { log: loud }
models:
  chat:
    targets: [simm/a]
    policies: [capble]
    hedgee: { after: p95 }
    timeouts: { idle: 1 parsec }
keys:
  - { name: web, key: "\${WEB_KEY}", models: [chta] }
server:
  host: 192.168.0.1
  hots: x
`
    const lines = (await complaintsOf(text)).map((line) => line.split(' ').slice(0, 2).join(' '))
    assert.deepEqual(lines, [
      't.yaml:1:19 telemetry.log:',
      't.yaml:4:15 models.chat.targets[0]:',
      't.yaml:5:16 models.chat.policies[0]:',
      't.yaml:6:5 models.chat.hedgee:',
      't.yaml:7:23 models.chat.timeouts.idle:',
      't.yaml:9:23 keys[0].key:',
      't.yaml:9:46 keys[0].models[0]:',
      't.yaml:12:3 server.hots:',
    ])
  })

  test('that follow from a missing variable are not told again', async () => {
    assert.deepEqual(await complaintsOf(`providers: { openai: { apiKey: "\${NO_KEY}" } }`), [
      `t.yaml:1:32 providers.openai.apiKey: the environment variable NO_KEY is not set; set it, or write \${NO_KEY:-default}`,
    ])
  })

  test('never repeat a value of the environment, which may be a secret in the wrong place', async () => {
    const [complaint] = await complaintsOf(`models: { a: "\${SECRET}" }`, { SECRET: 'sk-very-secret' })
    assert.equal(complaint, `t.yaml:1:14 models.a: expected a target such as openai/gpt-5-mini, got "\${SECRET}"`)
  })

  test('by the thousand are told quickly and cut', async () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `field${index}: 1`).join('\n')
    const lines = await complaintsOf(text)
    assert.equal(lines.length, 101)
    assert.equal(lines.at(-1), '… and 900 more')
  })
})
