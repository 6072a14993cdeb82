import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, beforeEach, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type FakeUpstream, startFakeUpstream } from './fake-upstream.ts'
import { cut, endless, hangUp, hugeEvent, pingsOnly, redirect, silence, stall } from './faults.ts'
import { rawRequest } from './raw-http.ts'

let upstream: FakeUpstream = await startFakeUpstream()
beforeEach(async () => {
  await upstream.close()
  upstream = await startFakeUpstream()
})
after(() => upstream.close())

const question = 'POST /v1/x?y=1 HTTP/1.1\r\nHost: a\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: 4\r\n\r\n"hi"'
const ask = (timeouts = {}) => rawRequest(upstream.port, question, { idleMs: 100, ...timeouts })
const post = (body: string) => fetch(`${upstream.url}/x`, { method: 'POST', body, redirect: 'manual' })
const contentOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)

/** Waits for something that must come soon. */
const eventually = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 200, `never: ${condition}`)
    await setTimeout(10)
  }
}

describe('the journal', () => {
  test('has what was received, and when it was answered', async () => {
    upstream.script({ body: 'ok' })
    const before = performance.now()
    await ask()
    const [entry] = upstream.journal
    assert.ok(entry)
    assert.deepEqual([entry.method, entry.path, entry.body, entry.bytes], ['POST', '/v1/x?y=1', '"hi"', 4])
    assert.deepEqual(entry.headers, { host: 'a', 'x-two': '1, 2', 'content-length': '4' })
    assert.deepEqual(entry.rawHeaders[0], ['Host', 'a'])
    assert.ok(entry.receivedAt >= before && (entry.answeredAt ?? 0) >= entry.receivedAt)
    assert.equal(entry.abortedAt, undefined)
  })

  test('decodes chunked bodies, in pieces as they come', async () => {
    upstream.always({ body: 'ok' })
    const pieces = [
      'POST / HTTP/1.1\r\ntransfer-enc',
      'oding: chunked\r\n\r\n3\r',
      '\nabc\r\n2\r\nd',
      'e\r\n0\r\n',
      '\r\n',
    ]
    const socket = connect(upstream.port, '127.0.0.1')
    for (const piece of pieces) {
      socket.write(piece)
      await setTimeout(5)
    }
    await eventually(() => upstream.journal[0]?.answeredAt !== undefined)
    assert.deepEqual([upstream.journal[0]?.body, upstream.journal[0]?.bytes], ['abcde', 5])
    socket.destroy()
  })

  test('numbers connections, so that reuse shows', async () => {
    upstream.always({ body: 'ok' })
    const answer = await rawRequest(upstream.port, question + question, { idleMs: 100 })
    assert.equal(answer.text.match(/HTTP\/1\.1 200 OK/g)?.length, 2)
    await ask()
    assert.deepEqual(
      upstream.journal.map((entry) => entry.connection),
      [1, 1, 2],
    )
  })

  test('tells when the peer went away before the answer was whole', async () => {
    upstream.script(silence(), endless('data: x\n\n', 5))
    await ask({ totalMs: 50 })
    await ask({ totalMs: 50 })
    await eventually(() => upstream.journal.every((entry) => entry.abortedAt !== undefined))
    for (const entry of upstream.journal) {
      assert.ok((entry.abortedAt ?? 0) > entry.receivedAt)
      assert.equal(entry.answeredAt, undefined)
    }
    await eventually(() => upstream.openSockets() === 0)
  })

  test('has requests whose body was cut', async () => {
    const socket = connect(upstream.port, '127.0.0.1')
    socket.write('POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\nabc')
    await eventually(() => upstream.journal[0]?.bytes === 3)
    socket.destroy()
    await eventually(() => upstream.journal[0]?.abortedAt !== undefined)
    assert.equal(upstream.journal[0]?.body, 'abc')
  })

  test('takes large bodies in linear time', async () => {
    upstream.always((request) => ({ body: String(request.bytes) }))
    assert.equal(await (await post('x'.repeat(20_000_000))).text(), '20000000')
  })
})

describe('the script', () => {
  test('is followed in order, then what is always done', async () => {
    upstream.script({ body: '1' }, { body: '2' })
    upstream.always({ body: 'rest' })
    const answers = [await post(''), await post(''), await post(''), await post('')].map((answer) => answer.text())
    assert.deepEqual(await Promise.all(answers), ['1', '2', 'rest', 'rest'])
  })

  test('says so when it has nothing for a request', async () => {
    const answer = await post('')
    assert.equal(answer.status, 500)
    assert.match(await answer.text(), /not_scripted/)
  })

  test('may make a step from the request', async () => {
    upstream.always((request) => ({ status: 201, headers: { 'x-echo': request.body }, body: request.path }))
    const answer = await post('abc')
    assert.deepEqual([answer.status, answer.headers.get('x-echo'), await answer.text()], [201, 'abc', '/x'])
  })
})

describe('an answer', () => {
  test('has its status, headers and length', async () => {
    upstream.always({ status: 404, headers: { 'x-a': ['1', '2'], 'content-type': 'text/plain' }, body: 'né' })
    const { text, closed } = await ask()
    assert.match(text, /^HTTP\/1\.1 404 Not Found\r\nx-a: 1\r\nx-a: 2\r\ncontent-type: text\/plain\r\n/)
    assert.match(text, /content-length: 3\r\n\r\nné$/)
    assert.equal(closed, undefined)
  })

  test('of events is chunked, one chunk each', async () => {
    upstream.always({ events: ['data: 1\n\n', 'data: 2\n\n'] })
    const { text } = await ask()
    assert.match(text, /content-type: text\/event-stream/)
    assert.equal(contentOf(text), '9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n')
  })

  test('may end with the connection', async () => {
    upstream.always({ body: 'abc', framing: 'close' })
    const { text, closed } = await ask()
    assert.equal(closed, 'end')
    assert.match(text, /connection: close\r\n\r\nabc$/)
    assert.doesNotMatch(text, /content-length|chunked/)
  })

  test('keeps to its delays', async () => {
    const step = { events: ['a', 'b'], headDelayMs: 60, firstEventDelayMs: 60, eventDelayMs: 60, endDelayMs: 60 }
    upstream.always(step)
    const started = performance.now()
    await (await post('')).text()
    const took = performance.now() - started
    assert.ok(took >= 235 && took < 2_000, `${took}`)
  })

  test('may be compressed, events as members of their own', async () => {
    upstream.script({ body: 'abc', gzip: true }, { events: ['d', 'e'], gzip: true })
    const first = await post('')
    assert.equal(first.headers.get('content-encoding'), 'gzip')
    assert.deepEqual([await first.text(), await (await post('')).text()], ['abc', 'de'])
  })

  test('may come byte by byte, or cut where it is told', async () => {
    upstream.script({ body: 'é!', split: 'bytes', framing: 'chunked' }, { events: ['ab', 'cd'], split: [1, 3] })
    const bytes = (await ask()).bytes.toString('latin1')
    assert.equal(contentOf(bytes), '1\r\n\u00c3\r\n1\r\n\u00a9\r\n1\r\n!\r\n0\r\n\r\n')
    assert.equal(contentOf((await ask()).text), '1\r\na\r\n2\r\nbc\r\n1\r\nd\r\n0\r\n\r\n')
  })

  test('may begin before the request is whole', async () => {
    upstream.always({ status: 413, body: 'too large', early: true, closes: true })
    const head = 'POST / HTTP/1.1\r\ncontent-length: 1000000\r\n\r\nabc'
    assert.match((await rawRequest(upstream.port, head, { idleMs: 100 })).text, /^HTTP\/1\.1 413 /)
  })
})

describe('a fault', () => {
  test('may be silence, with or without a head', async () => {
    upstream.script(silence(), { firstEventDelayMs: 'forever', events: ['x'] })
    assert.deepEqual(await ask({ totalMs: 100 }), { bytes: Buffer.alloc(0), text: '', closed: undefined })
    assert.match((await ask({ totalMs: 100 })).text, /chunked\r\n\r\n$/)
  })

  test('may be silence after some events', async () => {
    upstream.always(stall({ events: ['a', 'b', 'c'] }, 2))
    const { text, closed } = await ask()
    assert.deepEqual([contentOf(text), closed], ['1\r\na\r\n1\r\nb\r\n', undefined])
  })

  test('may be an end before the head, by reset or not', async () => {
    upstream.script(hangUp('end'), hangUp('reset'))
    assert.deepEqual(await ask(), { bytes: Buffer.alloc(0), text: '', closed: 'end' })
    assert.deepEqual(await ask(), { bytes: Buffer.alloc(0), text: '', closed: 'reset' })
    for (const entry of upstream.journal) assert.deepEqual([entry.answeredAt, entry.abortedAt], [undefined, undefined])
  })

  test('may be a cut at any byte of the content, by reset or not', async () => {
    const step = { events: ['abc', 'def'] }
    upstream.script(cut(step, 4, 'end'), cut(step, 4, 'reset'), cut({ body: 'abcdef' }, 0, 'end'), cut(step, 6, 'end'))
    const [first, second, third, fourth] = [await ask(), await ask(), await ask(), await ask()]
    assert.deepEqual([contentOf(first.text), first.closed], ['3\r\nabc\r\n3\r\nd', 'end'])
    assert.deepEqual([contentOf(second.text), second.closed], ['3\r\nabc\r\n3\r\nd', 'reset'])
    assert.deepEqual([contentOf(third.text), third.closed], ['', 'end'])
    assert.deepEqual([contentOf(fourth.text), fourth.closed], ['3\r\nabc\r\n3\r\ndef\r\n', 'end'])
  })

  test('may be a wrong length', async () => {
    upstream.always({ body: 'abc', contentLength: 10 })
    const { text, closed } = await ask()
    assert.match(text, /content-length: 10\r\n\r\nabc$/)
    assert.equal(closed, 'end')
  })

  test('may be chunks that are none', async () => {
    upstream.always({ events: ['a', 'b'], framing: 'garbage' })
    await assert.rejects(async () => (await post('')).text(), TypeError)
  })

  test('may be garbage after the end, or in place of an answer', async () => {
    upstream.script({ body: 'abc', garbage: 'GARBAGE' }, { raw: 'SSH-2.0-x\r\n' })
    assert.equal(contentOf((await ask()).text), 'abcGARBAGE')
    assert.deepEqual((await ask()).text, 'SSH-2.0-x\r\n')
  })

  test('may be a redirect', async () => {
    upstream.script(redirect(307, 'http://127.0.0.1:1/'), redirect(302, '/elsewhere'))
    assert.equal((await post('')).headers.get('location'), 'http://127.0.0.1:1/')
    assert.equal((await post('')).status, 302)
  })

  test('may be a stream without end, which stops when nobody reads it', async () => {
    upstream.always(endless('data: x\n\n'))
    const { bytes } = await ask({ totalMs: 200 })
    assert.ok(bytes.length > 1_000)
    await eventually(() => upstream.openSockets() === 0)
  })

  test('may be nothing but pings', async () => {
    upstream.script(pingsOnly('event', 10), pingsOnly('comment', 10))
    assert.match((await ask({ totalMs: 100 })).text, /(event: ping\ndata: \{"type": "ping"\}\n\n.*){3}/s)
    assert.match((await ask({ totalMs: 100 })).text, /(: keep-alive\n\n.*){3}/s)
  })

  test('may be an event as large as anybody likes', async () => {
    upstream.always(hugeEvent(3_000_000))
    assert.equal((await (await post('')).text()).length, 3_000_008)
  })
})

test('closing ends all connections, whatever they wait for', async () => {
  upstream.always(silence())
  const waiting = ask({ totalMs: 5_000 })
  await eventually(() => upstream.openSockets() === 1)
  await upstream.close()
  assert.ok((await waiting).closed)
  assert.equal(upstream.openSockets(), 0)
  assert.equal(upstream.journal[0]?.abortedAt, undefined)
})
