import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openaiText, rawRequest } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { answersIn } from './raw-answers.ts'
import { asking, head, smuggled } from './raw-requests.ts'
import { startRig } from './rig.ts'
import { refused, understood } from './smuggling-corpus.ts'

const soon = { idleMs: 100, totalMs: 3_000 }

describe('bytes that two servers could read differently', () => {
  test('there are enough of them', () => assert.ok(Object.keys(refused).length >= 60))

  for (const [name, bytes] of Object.entries(refused)) {
    test(`${name}: one refusal, and the connection ends`, async () => {
      await using rig = await startRig()
      const { bytes: received, closed } = await rawRequest(rig.port, bytes, soon)
      const [answer, ...more] = answersIn(received)
      assert.deepEqual([answer?.status, answer?.headers.connection, more], [400, 'close', []])
      assert.equal(JSON.parse(answer?.body ?? '').error.code, 'invalid_request')
      assert.equal(closed, 'end')
      await sleep(20)
      assert.deepEqual(rig.received(), [])
    })
  }

  for (const [name, { bytes, statuses, asked, toHead, ends }] of Object.entries(understood)) {
    test(`${name}: exactly the requests that it is`, async () => {
      await using rig = await startRig()
      const { bytes: received, closed } = await rawRequest(rig.port, bytes, soon)
      const answers = answersIn(received, { toHead })
      assert.deepEqual(
        answers.map(({ status }) => status),
        statuses,
      )
      assert.deepEqual(rig.prompts().sort(), asked)
      assert.equal(closed, ends ? 'end' : undefined)
    })
  }
})

describe('one connection, several requests', () => {
  for (const [what, first, status] of [
    ['of another type', asking().replace('application/json', 'text/plain'), 415],
    ['to a path that leads nowhere', asking().replace('completions ', 'nothing '), 404],
    ['without a host that counts', asking().replace('Host: 127.0.0.1', 'Host: other.example'), 403],
  ] as const) {
    test(`what follows a refused question ${what} is not heard, since the connection ends`, async () => {
      await using rig = await startRig()
      const { bytes, closed } = await rawRequest(rig.port, first + smuggled, soon)
      const [answer, ...more] = answersIn(bytes)
      assert.deepEqual([answer?.status, answer?.headers.connection, more, closed], [status, 'close', [], 'end'])
      await sleep(50)
      assert.deepEqual(rig.received(), [])
    })
  }

  const slow = { ...openaiText('All is well.'), headDelayMs: 100 }

  test('garbage behind a question is not answered before it: the question is, and then the connection ends', async () => {
    await using rig = await startRig()
    rig.openai.always(slow)
    const { bytes, closed } = await rawRequest(rig.port, `${asking()}GARBAGE\r\n\r\n`)
    const answers = answersIn(bytes)
    assert.deepEqual([answers.map(({ status }) => status), closed], [[200], 'end'])
    assert.match(answers[0]?.body ?? '', /All is well/)
  })

  test('a question behind garbage is not heard', async () => {
    await using rig = await startRig()
    rig.openai.always(slow)
    const client = talk(rig.port, `${asking()}GARBAGE\r\n\r\n`)
    await until(() => rig.received().length === 1, 'the question did not arrive')
    client.write(smuggled)
    await client.ended
    assert.deepEqual(rig.prompts(), ['one'])
  })

  test('a second question whose body breaks does not take the answer to the first', async () => {
    await using rig = await startRig()
    rig.openai.always(slow)
    const broken = `${head(['Transfer-Encoding: chunked'])}nothing\r\n`
    const { text } = await rawRequest(rig.port, asking() + broken)
    assert.doesNotMatch(text, /well-formed/)
  })

  test('garbage in the middle of a stream: the stream goes on to its end, and nothing stands in it', async () => {
    await using rig = await startRig()
    rig.openai.always({ ...openaiText('These are some words.', { stream: true }), eventDelayMs: 30 })
    const client = talk(rig.port, streaming)
    await until(() => client.seen().includes('some'), 'the stream did not begin')
    client.write('GARBAGE\r\n\r\n')
    client.write(`MORE\r\n\r\n${smuggled}`)
    const [answer, ...more] = answersIn(await client.ended)
    assert.deepEqual(more, [])
    assert.match(answer?.body ?? '', /words[\s\S]*data: \[DONE\]\n\n$/)
    assert.deepEqual(rig.prompts(), ['one'])
  })

  test('a client that breaks off in a second question has left: the first is not answered for nobody', async () => {
    await using rig = await startRig()
    rig.openai.always({ ...slow, headDelayMs: 'forever' })
    const client = talk(rig.port, asking())
    await until(() => rig.received().length === 1, 'the question did not arrive')
    client.end('POST /v1/chat')
    await until(() => rig.openai.journal[0]?.abortedAt !== undefined, 'the upstream was not let go')
  })

  test('garbage behind an answer that is complete gets an answer of its own', async () => {
    await using rig = await startRig()
    const client = talk(rig.port, asking())
    await until(() => client.seen().includes('Well.'), 'no answer came')
    client.write('GARBAGE\r\n\r\n')
    const answers = answersIn(await client.ended)
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 400],
    )
  })
})

const streamed = JSON.stringify({ model: 'chat', stream: true, messages: [{ role: 'user', content: 'one' }] })
const streaming = head([`Content-Length: ${streamed.length}`]) + streamed

/** A client that goes on writing while it is answered. */
const talk = (port: number, bytes: string) => {
  const socket = connect({ host: '127.0.0.1', port })
  let seen: Buffer = Buffer.alloc(0)
  socket.on('data', (part: Buffer) => {
    seen = Buffer.concat([seen, part])
  })
  socket.on('error', () => {})
  socket.write(bytes)
  return {
    seen: () => seen.toString('utf8'),
    write: (more: string) => socket.write(more),
    end: (more: string) => socket.end(more),
    ended: new Promise<Buffer>((resolve) => socket.on('close', () => resolve(seen))),
  }
}
