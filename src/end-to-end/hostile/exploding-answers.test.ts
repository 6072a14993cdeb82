import assert from 'node:assert/strict'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { openaiError, openaiText, type Step } from '../../testing/index.ts'
import { ask, closeIdle, errorIn } from '../faults/client.ts'
import { forgetful, until } from '../faults/harness.ts'
import { startRig } from './rig.ts'

const megabyte = 1024 * 1024
const zeros = Buffer.alloc(100 * megabyte)
const bomb = gzipSync(zeros)
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const json = { 'content-type': 'application/json' }
const flood: Step = { events: [Buffer.alloc(megabyte, 0x78)], endless: true, headers: json }
const raw = (text: string): Step => ({ raw: text })
const inform = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'

interface Exploding {
  readonly step: Step
  readonly code: string
  readonly status: number
}

const garbled = (step: Step): Exploding => ({ step, code: 'upstream_garbled', status: 502 })

/** Answers that would fill the memory, or the time, of whoever took them as they come. */
const exploding: Readonly<Record<string, Exploding>> = {
  'gzip, a thousand to one': garbled({ body: bomb, headers: { ...json, 'content-encoding': 'gzip' } }),
  'gzip as a stream': garbled({ events: [bomb], headers: { 'content-encoding': 'gzip' } }),
  'gzip fifty times': garbled({
    body: bomb,
    headers: { ...json, 'content-encoding': Array(50).fill('gzip').join(', ') },
  }),
  'gzip fifty times in fifty lines': garbled({ body: bomb, headers: { 'content-encoding': Array(50).fill('gzip') } }),
  brotli: garbled({ body: brotliCompressSync(zeros, quality), headers: { ...json, 'content-encoding': 'br' } }),
  'a coding that nobody knows': garbled({ body: '{}', headers: { ...json, 'content-encoding': 'aes128gcm' } }),
  'gzip under no name': garbled({ body: bomb, headers: json }),
  'a body without end': garbled(flood),
  'an event without end': garbled({ events: ['data: ', ...Array(16).fill(Buffer.alloc(megabyte, 0x78))] }),
  'a comment without end': garbled({ events: [': ', ...Array(16).fill(Buffer.alloc(megabyte, 0x78))] }),
  'comments without end': garbled({ events: [`: ${'x'.repeat(megabyte)}\n\n`], endless: true }),
  'three thousand headers': garbled({
    body: '{}',
    headers: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`x-h${index}`, 'v'.repeat(30)])),
  }),
  'a header of 100 kB': garbled({ body: '{}', headers: { 'x-h': 'v'.repeat(100_000) } }),
  'a hundred thousand hints': garbled(raw(`${inform.repeat(100_000)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`)),
  'ten thousand trailers': garbled(
    raw(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n${'x: y\r\n'.repeat(10_000)}\r\n`),
  ),
  'a depth of a million': garbled({ body: '['.repeat(megabyte), headers: json }),
  'another protocol': {
    step: raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nhello'),
    code: 'upstream_unreachable',
    status: 502,
  },
  'a refusal without end': { step: { ...flood, status: 400 }, code: 'upstream_rejected', status: 400 },
  'an overload without end': { step: { ...flood, status: 503 }, code: 'upstream_overloaded', status: 503 },
  'a redirect without end': { step: { ...flood, status: 307 }, code: 'upstream_failed', status: 502 },
  'a compressed refusal': {
    step: { status: 400, body: bomb, headers: { 'content-encoding': 'gzip' } },
    code: 'upstream_rejected',
    status: 400,
  },
}

describe('answers that explode', () => {
  after(closeIdle)

  for (const [name, { step, code, status }] of Object.entries(exploding)) {
    test(`${name}: told as ${code}, the upstream is let go, and memory stays where it was`, async () => {
      await using rig = await startRig({ retry: { attempts: 1 } }, forgetful)
      for (const stream of [false, true]) {
        rig.openai.always(step)
        const before = process.memoryUsage.rss()
        const began = performance.now()
        const answer = await ask(rig.port, { stream })
        assert.deepEqual([answer.status, errorIn(answer.text).code], [status, code])
        assert.ok(answer.text.length < 8_192, `${answer.text.length} characters`)
        assert.ok(performance.now() - began < 4_000, `${performance.now() - began} ms`)
        assert.ok(
          process.memoryUsage.rss() - before < 200 * megabyte,
          `${process.memoryUsage.rss() - before} bytes more`,
        )
        await until(() => rig.openai.journal.every((each) => isOver(each)), 'the upstream is still asked')
      }
    })
  }

  test('a refusal that does not end is told after five seconds, with what has come of it', {
    timeout: 10_000,
  }, async () => {
    await using rig = await startRig({ retry: { attempts: 1 } }, forgetful)
    const refusal = openaiError(400, 'invalid_value', 'No such thing.')
    rig.openai.always({ ...refusal, framing: 'chunked', endDelayMs: 'forever' })
    const began = performance.now()
    const answers = await Promise.all([ask(rig.port), ask(rig.port, { stream: true })])
    for (const { status, text } of answers) assert.deepEqual([status, errorIn(text).message], [400, 'No such thing.'])
    assert.ok(performance.now() - began < 6_500)
    await until(() => rig.openai.openSockets() === 0, 'the connection is still open')
  })

  test('two hundred thousand small events pass through, and nothing is kept of them', async () => {
    await using rig = await startRig()
    const { events = [] } = openaiText('La.', { stream: true })
    const [first = '', word = '', ...rest] = events
    const many = Buffer.from(String(word).repeat(1_000))
    rig.openai.always({ events: [first, ...Array(200).fill(many), ...rest] })
    const { text, complete } = await ask(rig.port, { stream: true })
    assert.ok(complete && text.includes('data: [DONE]'))
    assert.equal(text.match(/"La\."/g)?.length, 200_000)
  })
})

const isOver = ({
  answeredAt,
  abortedAt,
}: {
  answeredAt: number | undefined
  abortedAt: number | undefined
}): boolean => answeredAt !== undefined || abortedAt !== undefined
