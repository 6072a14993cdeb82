import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { rawRequest } from '../../testing/index.ts'
import { bodyOf, errorIn, type Language, pathOf } from '../faults/client.ts'
import { answersIn, type RawResponse } from './raw-answers.ts'
import { type Rig, startRig } from './rig.ts'

const languages: readonly Language[] = ['openai', 'anthropic']

const many = (count: number, name = 'x-h'): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}: v`)

interface Asking {
  readonly first?: string
  readonly lines?: readonly string[]
  readonly language?: Language
  readonly body?: string
}

describe('heads of requests', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const ask = async ({ language = 'openai', ...asking }: Asking): Promise<RawResponse> => {
    const { first = `POST ${pathOf(language)} HTTP/1.1`, lines = [], body = bodyOf({ language }) } = asking
    const fixed = ['Host: 127.0.0.1', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
    const head = [first, ...fixed, ...lines, 'Connection: close'].join('\r\n')
    const toHead = first.startsWith('HEAD ')
    const { bytes } = await rawRequest(rig.port, Buffer.from(`${head}\r\n\r\n${body}`, 'latin1'))
    const [answer, ...more] = answersIn(bytes, { toHead })
    assert.ok(answer && more.length === 0)
    return answer
  }

  /** Refused in the caller's language, with nothing sent on. */
  const refused = async (asking: Asking, status: number, message?: RegExp): Promise<void> => {
    const asked = rig.received().length
    const answer = await ask(asking)
    assert.equal(answer.status, status, answer.body)
    assert.equal(rig.received().length, asked)
    if (asking.first?.startsWith('HEAD ')) return
    assert.ok(answer.body.length < 2_048)
    assert.equal(JSON.parse(answer.body).type, asking.language === 'anthropic' ? 'error' : undefined)
    if (message) assert.match(errorIn(answer.body).message, message)
  }

  describe('headers', () => {
    // Four lines are there already: host, type, length, connection.
    test('a hundred are taken', async () => {
      for (const language of languages) assert.equal((await ask({ language, lines: many(96) })).status, 200)
    })

    test('a hundred and one are refused', async () => {
      for (const language of languages) await refused({ language, lines: many(97) }, 400, /More than 100 headers/)
    })

    test('a hundred and one of the same name are refused', () => refused({ lines: Array(97).fill('x-h: v') }, 400))

    test('two thousand are refused', () => refused({ lines: many(2_000, '') }, 400))

    test('15 KiB are taken', async () => {
      assert.equal((await ask({ lines: [`x-h: ${'v'.repeat(15 * 1024)}`] })).status, 200)
    })

    for (const [what, lines] of Object.entries({
      'one of 17 KiB': [`x-h: ${'v'.repeat(17 * 1024)}`],
      'many of 17 KiB together': Array(17).fill(`x-h: ${'v'.repeat(1024)}`),
      'a name of 17 KiB': [`${'n'.repeat(17 * 1024)}: v`],
      'a megabyte': [`x-h: ${'v'.repeat(1024 * 1024)}`],
    }))
      test(`${what}: 431`, async () => {
        const asked = rig.received().length
        assert.equal((await ask({ lines })).status, 431)
        assert.equal(rig.received().length, asked)
      })

    test('a target of 17 KiB: 431', () => refused({ first: `POST /v1/${'x'.repeat(17 * 1024)} HTTP/1.1` }, 431))

    test('characters beyond ASCII are taken where nobody reads them', async () => {
      const lines = ['x-h: caf\xe9', 'accept-language: \xff\xfe', 'user-agent: \xf0\x9f\x98\x80']
      assert.equal((await ask({ lines })).status, 200)
      assert.doesNotMatch(JSON.stringify(rig.received().at(-1)?.rawHeaders), /[^ -~]/)
    })

    for (const [line, message] of [
      ['x-tollgate-target: http://other', /is not known/],
      ['X-TOLLGATE-API-BASE: x', /is not known/],
      ['x-tollgate-__proto__: x', /is not known/],
      ['x-tollgate-constructor: x', /is not known/],
      ['x-tollgate-: x', /is not known/],
      [`x-tollgate-${'n'.repeat(5_000)}: x`, /is not known|…/],
      ['x-tollgate-timeout-ms: 0', /whole number/],
      ['x-tollgate-timeout-ms: -1', /whole number/],
      ['x-tollgate-timeout-ms: 1e9', /whole number/],
      ['x-tollgate-timeout-ms: 99999999999', /whole number/],
      ['x-tollgate-timeout-ms: ', /whole number/],
      ['x-tollgate-no-fallback: maybe', /true or false/],
      ['x-tollgate-user: ', /1 to 256/],
      [`x-tollgate-user: ${'u'.repeat(10_000)}`, /1 to 256/],
      [`x-tollgate-session: ${'s'.repeat(257)}`, /1 to 256/],
      ['x-tollgate-tags: no', /must look like/],
      ['x-tollgate-tags: a=b=c', /must look like/],
      ['x-tollgate-tags: a b=c', /must look like/],
      [`x-tollgate-tags: a=${'v'.repeat(129)}`, /must look like/],
      [`x-tollgate-tags: ${Array(17).fill('a=b').join(',')}`, /at most 16/],
      [`x-tollgate-tags: ${','.repeat(10_000)}`, /at most 16/],
    ] as const)
      test(`${line.slice(0, 60)}: 400`, async () => {
        for (const language of languages) await refused({ language, lines: [line] }, 400, message)
      })

    test('tags named like prototypes are tags', async () => {
      await ask({ lines: ['x-tollgate-tags: __proto__=1,constructor=2', 'x-request-id: tags-of-prototypes'] })
      const { caller } = await rig.gateway.recordOf('tags-of-prototypes')
      assert.deepEqual(Object.entries(caller.tags ?? {}), [
        ['__proto__', '1'],
        ['constructor', '2'],
      ])
      assert.equal(Object.getPrototypeOf(caller.tags), null)
    })

    for (const id of [
      'short',
      'with space in it',
      'caf\xe9-caf\xe9',
      'x'.repeat(129),
      'i'.repeat(10_000),
      '<script>x</script>',
      '../../../../etc',
      '%0d%0aset-cookie',
    ])
      test(`the id ${JSON.stringify(id.slice(0, 40))} is replaced`, async () => {
        const { headers, status } = await ask({ lines: [`x-request-id: ${id}`] })
        assert.equal(status, 200)
        assert.match(headers['x-request-id'] ?? '', /^[\w-]{24}$/)
      })
  })

  describe('methods and paths', () => {
    for (const method of [
      'GET',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'PROPFIND',
      'PURGE',
      'SEARCH',
      'QUERY',
      'TRACE',
    ])
      test(`${method} is no way to ask a question`, async () => {
        for (const language of languages)
          await refused({ language, first: `${method} ${pathOf(language)} HTTP/1.1` }, 405, /Use POST here/)
      })

    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])
      test(`${method} is no way to read a page`, async () => {
        for (const path of ['/v1/models', '/healthz', '/metrics', '/v1/models/chat'])
          await refused({ first: `${method} ${path} HTTP/1.1` }, 405, /Use GET here/)
      })

    test('CONNECT is refused, and the connection ends', async () => {
      const bytes =
        'CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
      const { text, closed } = await rawRequest(rig.port, bytes)
      assert.match(text, /^HTTP\/1\.1 405 /)
      assert.deepEqual([closed, text.match(/HTTP\/1\.1/g)?.length], ['end', 1])
    })

    for (const method of ['FOO', 'get', 'POSTX', 'G\xcbT', 'BREW'])
      test(`the method ${method} does not exist: 400`, () => refused({ first: `${method} /healthz HTTP/1.1` }, 400))

    for (const path of [
      ...['//v1/chat/completions', '/v1//chat/completions', '/v1/chat//completions', '/v1/chat/completions/'],
      ...['/V1/chat/completions', '/v1/Chat/Completions', '/v1/chat/completions;x=1', '/v1/chat;/completions'],
      ...['/v1/chat%2fcompletions', '/v1/%63hat/completions', '/v1/chat/completions%00', '/v1/chat/completions%20'],
      ...[
        '/./v1/chat/completions',
        '/v1/./chat/completions',
        '/v1/x/../chat/completions',
        '/x/..%2fv1/chat/completions',
      ],
      ...[
        '/v1/%2e%2e/v1/chat/completions',
        '/v1/chat/completions.',
        '/v1/chat/completions..',
        '/v1/chat/completions/.',
      ],
      ...['/v1/chat/completions%2f..', '/v1/chat/completions#x', '/v1/chat/completions%3fx', '/v1/chat/completions\\'],
      ...[
        '/v1\\chat\\completions',
        '/v1/chat/compl\xe9tions',
        '/v1/chat/completion',
        '/chat/completions',
        '/',
        '/admin',
      ],
      ...[
        '/v1/messages/',
        '/v1/messages/..',
        '/v1/messages/count_tokens/',
        '/v1/messages/%63ount_tokens',
        '/constructor',
      ],
      ...[
        '/__proto__',
        '/v1/__proto__',
        '/toString',
        '/.env',
        '/.git/config',
        '/metrics/',
        '/metrics%20',
        '/healthz/..',
      ],
    ])
      test(`${path} leads nowhere`, async () => {
        const anthropic = path.startsWith('/v1/messages')
        const language = anthropic ? 'anthropic' : 'openai'
        // Bytes beyond ASCII are no target at all.
        await refused({ first: `POST ${path} HTTP/1.1`, language }, path.includes('\xe9') ? 400 : 404)
      })

    test('a query changes nothing', async () => {
      for (const query of ['?', '?x=1', '?beta=true', '?/../..', '?%00', '?__proto__[x]=1', `?${'x'.repeat(10_000)}`])
        assert.equal((await ask({ first: `POST /v1/chat/completions${query} HTTP/1.1` })).status, 200, query)
    })

    test('a model in a path is what it is after one decoding, and leaves its place by no other', async () => {
      const get = (name: string) => ask({ first: `GET /v1/models/${name} HTTP/1.1`, body: '' })
      for (const name of ['chat', 'up/one', 'up%2Fone', 'up%2fone', '%63hat'])
        assert.equal((await get(name)).status, 200)
      for (const name of [
        ...['', '.', '..', '%2e%2e', '..%2fmodels', 'up%2F..%2Fone', 'up//one', 'up%2F%2Fone', 'chat%00', 'chat%2500'],
        ...['%', '%zz', '%c0%ae', '%ff', 'chat%20', 'chat;x', 'CHAT', 'chat/', '__proto__', 'constructor', '%2Fchat'],
      ])
        assert.equal((await get(name)).status, 404, name)
    })

    test('a HEAD gets what a GET would, without the words', async () => {
      for (const path of ['/healthz', '/readyz', '/v1/models', '/v1/models/chat', '/nowhere']) {
        const { status, headers } = await ask({ first: `HEAD ${path} HTTP/1.1`, body: '' })
        const whole = await ask({ first: `GET ${path} HTTP/1.1`, body: '' })
        assert.deepEqual([status, headers['content-type']], [whole.status, whole.headers['content-type']])
      }
    })
  })
})
