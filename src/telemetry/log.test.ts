import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import type { CallRecord } from '../core/record.ts'
import { createRedactor } from '../core/redact.ts'
import { noUsage } from '../core/usage.ts'
import { createLog, type Log, type LogLevel } from './log.ts'

const folder = await mkdtemp(join(tmpdir(), 'log-'))
const secret = 'correct-horse-battery-staple'
let files = 0

/** What a log writes to its file while something is done with it. */
const written = async (use: (log: Log) => void, level: LogLevel = 'info'): Promise<string> => {
  const destination = join(folder, `${files++}.log`)
  const log = createLog({ level, destination, redact: createRedactor([secret]) })
  use(log)
  assert.equal(await log.close(), true)
  return readFileSync(destination, 'utf8')
}

const usage = { ...noUsage, input: 10, output: 20, reasoning: 3 }
const record: CallRecord = {
  id: 'call-1',
  startedAt: 0,
  started: 0,
  durationMs: 1_234.5678,
  firstTokenMs: 210.04,
  caller: { key: 'web', team: 'shop' },
  wire: 'openai-chat',
  operation: 'chat',
  stream: true,
  model: 'chat',
  asked: 'chat',
  target: 'openai/a',
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [
    { target: 'x/b', ordinal: 1, started: 0, ended: 100, outcome: 'server', status: 503, costNanos: 0n },
    {
      target: 'openai/a',
      ordinal: 2,
      started: 100,
      ended: 1_200,
      outcome: 'ok',
      status: 200,
      usage,
      costNanos: 1_500n,
    },
  ],
  notes: {},
  finishes: ['stop'],
  usage,
  costNanos: 1_500n,
  retryCount: 0,
}

const lineOf = async (changes: Partial<CallRecord>): Promise<Record<string, unknown>> => {
  const text = await written((log) => log.calls([{ ...record, ...changes }]))
  assert.equal(text.indexOf('\n'), text.length - 1, 'one line')
  return JSON.parse(text)
}

describe('the line of a call', () => {
  test('tells who asked what of whom, how it went, what it took and what it cost', async () => {
    const { time, ...line } = await lineOf({})
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000)
    assert.deepEqual(line, {
      level: 'info',
      id: 'call-1',
      key: 'web',
      team: 'shop',
      wire: 'openai-chat',
      operation: 'chat',
      model: 'chat',
      target: 'openai/a',
      stream: true,
      outcome: 'ok',
      durationMs: 1234.6,
      firstTokenMs: 210,
      finish: ['stop'],
      tokens: { input: 10, output: 20, reasoning: 3, source: 'measured' },
      costUsd: '0.0000015',
      attempts: [
        { target: 'x/b', outcome: 'server', status: 503, durationMs: 100, costUsd: '0' },
        { target: 'openai/a', outcome: 'ok', status: 200, durationMs: 1100, costUsd: '0.0000015' },
      ],
      message: 'call',
    })
  })

  test('tells what memory had to do with the answer, and nothing where it had nothing to do with it', async () => {
    const hit = { outcome: 'hit', ageMs: 1_234.567, target: 'openai/a', savedNanos: 1_500n, savedMs: 210.04 } as const
    const { cache } = await lineOf({ attempts: [], costNanos: 0n, notes: { cache: hit } })
    assert.deepEqual(cache, { outcome: 'hit', ageMs: 1234.6, savedUsd: '0.0000015', savedMs: 210 })
    const vectors = { outcome: 'miss', items: { known: 2, all: 5 }, savedNanos: 0n } as const
    assert.deepEqual((await lineOf({ notes: { cache: vectors } })).cache, {
      outcome: 'miss',
      savedUsd: '0',
      items: { known: 2, all: 5 },
    })
    assert.equal('cache' in (await lineOf({})), false)
  })

  test('names whom a call was made for, with secrets and control characters taken out', async () => {
    const caller = {
      key: 'web',
      org: 'acme',
      user: 'ada',
      endUser: 'u-1\u001b[2J',
      session: `s-${secret}`,
      tags: { feature: 'search', [secret]: 'x' },
    }
    const { org, user, endUser, session, tags } = await lineOf({ caller })
    assert.deepEqual(
      { org, user, endUser, session, tags },
      {
        org: 'acme',
        user: 'ada',
        endUser: 'u-1\\u001b[2J',
        session: 's-[redacted]',
        tags: { feature: 'search', '[redacted]': 'x' },
      },
    )
  })

  test('leaves out what is unknown', async () => {
    const unknown = { target: undefined, usage: undefined, costNanos: undefined, firstTokenMs: undefined, finishes: [] }
    const line = await lineOf({ ...unknown, caller: { key: 'web' } })
    for (const name of ['target', 'tokens', 'costUsd', 'firstTokenMs', 'finish', 'team', 'error', 'cause'])
      assert.ok(!(name in line), name)
  })

  test('is as loud as the error is the operator’s concern', async () => {
    const level = async (error: CallRecord['error'], outcome: CallRecord['outcome'] = 'error') =>
      (await lineOf({ error, outcome })).level
    assert.equal(await level('invalid_request'), 'info')
    assert.equal(await level('cancelled', 'cancelled'), 'info')
    assert.equal(await level('upstream_timeout'), 'warn')
    assert.equal(await level('overloaded'), 'warn')
    assert.equal(await level('internal'), 'error')
  })

  test('shows the causes of an internal error with their stacks', async () => {
    const cause = new TypeError('outer', { cause: new RangeError(`inner ${secret}`, { cause: 'a plain word' }) })
    const line = await lineOf({ outcome: 'error', error: 'internal', cause })
    const { stack, ...rest } = line.cause as { stack: string[] } & Record<string, unknown>
    assert.match(stack[0] ?? '', /^at .*log\.test\.ts:\d+/)
    const inner = rest.cause as Record<string, unknown>
    assert.equal(rest.message, 'outer')
    assert.deepEqual([inner.name, inner.message, inner.cause], ['RangeError', 'inner [redacted]', 'a plain word'])
  })

  test('does not show the cause of any other error', async () => {
    assert.ok(!('cause' in (await lineOf({ outcome: 'error', error: 'upstream_failed', cause: new Error('x') }))))
  })

  test('does not quote the text that a parser stumbled over', async () => {
    let cause: unknown
    try {
      JSON.parse('tell me a secret')
    } catch (error) {
      cause = new GatewayError('internal', 'x', { cause: error })
    }
    const text = await written((log) => log.calls([{ ...record, outcome: 'error', error: 'internal', cause }]))
    assert.doesNotMatch(text, /tell/)
  })

  test('stays one line without control characters, whatever the names are', async () => {
    const evil = 'web"}\n{"level":"error","message":"forged\r\u001b[2J\u0085\u2028'
    const text = await written((log) => log.calls([{ ...record, model: evil, caller: { key: evil, team: evil } }]))
    assert.equal(text.split('\n').length, 2)
    assert.doesNotMatch(text.slice(0, -1), /[\p{Cc}\u2028]/u)
    assert.equal(JSON.parse(text).level, 'info')
  })
})

describe('any line', () => {
  test('is redacted in its message, its facts and its errors, at any depth', async () => {
    const text = await written(({ logger }) => {
      logger.warn({ a: { b: [`x ${secret}`] }, err: new Error(secret), big: 5n }, `key ${secret}`)
      logger.error(new Error(`thrown ${secret}`))
    })
    assert.ok(!text.includes(secret))
    assert.equal(text.match(/\[redacted\]/g)?.length, 5)
    assert.match(text, /"big":"5"/)
  })

  test('below the level is not written', async () => {
    assert.equal(await written(({ logger }) => logger.info('x'), 'warn'), '')
    assert.equal(await written(({ logger }) => logger.error('x'), 'silent'), '')
    assert.match(await written(({ logger }) => logger.debug('x'), 'debug'), /"level":"debug"/)
  })

  test('survives facts that refer to themselves', async () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    assert.match(await written(({ logger }) => logger.info(circle, 'round')), /"message":"round"/)
  })
})

describe('the destination', () => {
  test('gets lines when a second has passed, without being asked', async () => {
    const destination = join(folder, 'timer.log')
    const log = createLog({ level: 'info', destination, redact: String })
    log.logger.info('first')
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(readFileSync(destination, 'utf8'), '', 'buffered at first')
    await new Promise((resolve) => setTimeout(resolve, 1_400))
    assert.match(readFileSync(destination, 'utf8'), /first/)
    await log.close()
  })

  test('gets lines when they are flushed', async () => {
    const destination = join(folder, 'flush.log')
    const log = createLog({ level: 'info', destination, redact: String })
    log.logger.info('first')
    await log.flush()
    assert.match(readFileSync(destination, 'utf8'), /first/)
    await log.close()
    await log.flush()
  })

  test('that is stuck costs lines, which are counted, and never memory or time', async () => {
    const pipe = join(folder, 'stuck')
    execFileSync('mkfifo', [pipe])
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
    const log = createLog({ level: 'info', destination: descriptor, redact: String, mostBytes: 100_000 })
    const pad = 'x'.repeat(1_000)
    for (let index = 0; index < 1_000; index++) {
      log.logger.info({ pad }, 'line')
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const dropped = log.dropped()
    assert.ok(dropped > 700 && dropped < 1_000, `${dropped}`)
    const started = performance.now()
    assert.equal(await log.close(), false)
    assert.ok(performance.now() - started < 4_000)
    log.logger.info('too late')
    assert.equal(log.dropped(), dropped + 1)
    assert.ok(readSync(descriptor, Buffer.alloc(100)) > 0)
    closeSync(descriptor)
  })

  test('that cannot be opened makes no call fail', async () => {
    const log = createLog({ level: 'info', destination: join(folder, 'no', 'such', 'folder.log'), redact: String })
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (let index = 0; index < 10; index++) log.logger.info({ pad: 'x'.repeat(1_000) }, 'line')
    assert.equal(log.dropped(), 10)
    await log.flush()
    assert.equal(await log.close(), false)
  })
})
