import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JobEngine } from '../core/job-engine.ts'
import { ConfigError } from './complaints.ts'
import { describeConfig } from './describe.ts'
import { loadConfig } from './load.ts'
import { restartNeeded } from './restart.ts'

const probe = async () => undefined
const load = async (text: string, environment: Record<string, string> = {}) =>
  (await loadConfig({ text, environment, probe })).config
const engineOf = async (text: string, environment: Record<string, string> = {}): Promise<JobEngine> =>
  (await load(text, environment)).queue

const usual = 'https://sqs.eu-central-1.amazonaws.com/123456789012/tollgate'

describe('what tells workers that there are jobs', () => {
  test('is nothing beside the store unless another is named', async () => {
    assert.deepEqual(await engineOf(''), { kind: 'embedded' })
    assert.deepEqual(await engineOf('queue: embedded\nredis: redis://h'), { kind: 'embedded' })
  })

  test('is a Redis, with keys of its own', async () => {
    const url = 'rediss://u:p@h:6380/2'
    const environment = { REDIS_URL: url }
    assert.deepEqual(await engineOf(`queue: redis\nredis: "\${REDIS_URL}"`, environment), {
      kind: 'redis',
      url,
      prefix: '{tollgate}',
    })
    assert.deepEqual(await engineOf(`queue: { redis: { prefix: staging } }\nredis: ${url}`), {
      kind: 'redis',
      url,
      prefix: 'staging',
    })
  })

  test('is a queue of SQS, whose region is in its address, written, or in the environment', async () => {
    const sqs = { kind: 'sqs', queue: { url: usual }, region: 'eu-central-1', endpoint: undefined }
    assert.deepEqual(await engineOf(`queue: { sqs: { url: "${usual}" } }`), sqs)
    const named = { ...sqs, queue: { name: 'jobs.fifo' } }
    assert.deepEqual(await engineOf('queue: { sqs: { name: jobs.fifo, region: eu-central-1 } }'), named)
    assert.deepEqual(await engineOf('queue: { sqs: { name: jobs.fifo } }', { AWS_REGION: 'eu-central-1' }), named)
    const local = 'queue: { sqs: { name: jobs.fifo, region: eu-central-1, endpoint: "http://127.0.0.1:4566" } }'
    assert.deepEqual(await engineOf(local), { ...named, endpoint: 'http://127.0.0.1:4566' })
  })

  test('is shown without its password', async () => {
    const shown = JSON.stringify(describeConfig(await load('queue: redis\nredis: redis://ada:hunter2@h:1/0')))
    assert.doesNotMatch(shown, /hunter2|ada/)
    assert.match(shown, /redis:\/\/h:1\/\[hidden\]/)
  })

  test('changes with a restart only', async () => {
    const running = await load('queue: redis\nredis: redis://a')
    assert.deepEqual(restartNeeded(running, running), [])
    assert.deepEqual(restartNeeded(running, await load('queue: redis\nredis: redis://b')), ['redis'])
    assert.deepEqual(restartNeeded(running, await load('queue: { redis: { prefix: p } }\nredis: redis://a')), ['queue'])
    assert.deepEqual(restartNeeded(await load(''), await load('queue: { sqs: { name: q, region: r } }')), ['queue'])
  })
})

type Case = readonly [text: string, complaint: string]

const cases: readonly Case[] = [
  [
    'queue: reddis',
    't.yaml:1:8 queue: expected embedded, redis, or a map with redis or sqs, got "reddis"; did you mean "redis"?',
  ],
  ['queue: [redis]', 't.yaml:1:1 queue: expected embedded, redis, or a map with redis or sqs, got a list'],
  ['queue: {}', 't.yaml:1:1 queue: expected embedded, redis, or a map with redis or sqs'],
  ['queue: redis', 't.yaml redis: is missing; queue: redis needs an address such as redis://127.0.0.1:6379'],
  [
    'redis: "http://ada:hunter2@h"',
    't.yaml:1:8 redis: expected an address such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0',
  ],
  ['redis: 5', 't.yaml:1:8 redis: expected text, got a number; put it in quotes'],
  ['redis: redis://ada:hunter2@h/x', 't.yaml:1:8 redis: expected a number of a database after the slash'],
  [
    'redis: redis://h\nqueue: { redis: { prefix: "a b" } }',
    't.yaml:2:27 queue.redis.prefix: expected letters, digits, ".", "-", "_", ":" and braces, at most 64',
  ],
  [
    'queue: { sqs: { region: r } }',
    't.yaml:1:10 queue.sqs.url: is missing; write the address of the queue, or its name',
  ],
  [`queue: { sqs: { url: "${usual}", name: q } }`, 't.yaml:1:86 queue.sqs.name: is in the address already'],
  ['queue: { sqs: { name: q } }', 't.yaml:1:10 queue.sqs.region: is missing; write it, or set AWS_REGION'],
  [
    'queue: { sqs: { name: q.fifa, region: r } }',
    't.yaml:1:23 queue.sqs.name: expected letters, digits, "-" and "_", at most 80, with .fifo at the end of a FIFO queue',
  ],
  ['queue: { sqs: { url: "sqs://q", region: r } }', 't.yaml:1:22 queue.sqs.url: expected an http or https address'],
  [
    'queue: { sqs: { name: q, region: r, endpoint: "http://ada:hunter2@h" } }',
    't.yaml:1:47 queue.sqs.endpoint: must not hold a user name or password; credentials are found as AWS tools find them',
  ],
  [
    'queue: { sqs: { name: q, region: r, fifo: true } }',
    't.yaml:1:37 queue.sqs.fifo: unknown field; known here: url, name, region, endpoint',
  ],
  ['redis: redis://h\nqueue: { redis: {}, sqs: {} }', 't.yaml:2:1 queue: expected redis or sqs, got both'],
]

describe('a mistake in what tells workers is told with its place and what to do', () => {
  for (const [text, complaint] of cases)
    test(text.split('\n').at(-1), async () => {
      await assert.rejects(loadConfig({ text, file: 't.yaml', environment: {}, probe }), (error) => {
        assert.ok(error instanceof ConfigError)
        assert.equal(error.message, complaint)
        return true
      })
    })
})
