import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { rawRequest } from '../../testing/index.ts'
import { bodyOf, type Language, pathOf } from '../faults/client.ts'
import { answersIn, type RawResponse } from './raw-answers.ts'
import { type Rig, startRig } from './rig.ts'

const body = bodyOf({})

/** Types under which JSON may come. */
const taken = [
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
  'application/json ; charset="utf-8"',
  'application/json\t',
  '  application/json',
]

/** Types that another parser may read as something else, or that are something else. */
const notTaken = [
  '',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'application/jsonp',
  'application/json5',
  'application/jsonx; charset=utf-8',
  'application/vnd.api+json',
  'application/json-patch+json',
  'application/json, text/plain',
  'text/plain, application/json',
  'text/plain; x=application/json',
  'application/json; charset=utf-16',
  'application/json; charset=utf-7',
  'application/json; charset=iso-8859-1',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; boundary=x',
  'application\t/json',
  'application/ json',
  '"application/json"',
  'application/json;',
  'application/json\x0b',
  '*/*',
  `multipart/form-data; boundary=${'-'.repeat(10_000)}`,
  `application/json${' '.repeat(10_000)};charset=utf-16`,
  `application/json;${';'.repeat(10_000)}`,
]

interface Posting {
  readonly type?: string
  readonly lines?: readonly string[]
  readonly content?: string | Buffer
  readonly language?: Language
}

describe('what a body says of itself', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig[Symbol.asyncDispose]())

  const post = async (posting: Posting): Promise<RawResponse | undefined> => {
    const { type = 'application/json', lines = [], content = body, language = 'openai' } = posting
    const head = [
      `POST ${pathOf(language)} HTTP/1.1`,
      'Host: 127.0.0.1',
      ...(type === '' ? [] : [`Content-Type: ${type}`]),
      ...lines,
      'Connection: close',
      `Content-Length: ${content.length}`,
    ]
    const bytes = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(content)])
    return answersIn((await rawRequest(rig.port, bytes)).bytes)[0]
  }

  const refusedBy = async (posting: Posting, statuses = [415]): Promise<void> => {
    for (const language of ['openai', 'anthropic'] as const) {
      const answer = await post({ ...posting, language })
      assert.ok(statuses.includes(answer?.status ?? 0), `${answer?.status}: ${answer?.body}`)
      const said = JSON.parse(answer?.body ?? '')
      assert.ok(language === 'openai' || statuses.includes(400) || said.type === 'error')
    }
    assert.deepEqual(rig.received(), [])
  }

  for (const type of notTaken)
    test(`the type ${JSON.stringify(type.slice(0, 60))} is refused`, () =>
      // A control character is no header at all.
      refusedBy({ type }, type.includes('\x0b') ? [400] : [415]))

  for (const [name, compress] of Object.entries({
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  }))
    test(`a body compressed by ${name} is refused, a bomb as well as a question`, async () => {
      for (const content of [compress(body), compress(Buffer.alloc(16 * 1024 * 1024))])
        await refusedBy({ lines: [`Content-Encoding: ${name}`], content })
    })

  for (const coding of ['x-gzip', 'compress', 'GZIP', 'gzip, gzip', 'identity, gzip', 'gzip;q=0', 'none', 'aes128gcm'])
    test(`a body under the coding ${coding} is refused`, () => refusedBy({ lines: [`Content-Encoding: ${coding}`] }))

  test('two codings in two lines are refused', () =>
    refusedBy({ lines: ['Content-Encoding: identity', 'Content-Encoding: gzip'] }))

  test('a compressed body under no name is no JSON', () => refusedBy({ content: gzipSync(body) }, [400]))

  test('a refusal of ten thousand signs takes no time', async () => {
    const began = performance.now()
    for (const type of notTaken.filter(({ length }) => length > 9_000)) await post({ type })
    assert.ok(performance.now() - began < 1_000)
  })

  for (const type of taken)
    test(`the type ${JSON.stringify(type)} is taken`, async () => {
      const asked = rig.received().length
      assert.equal((await post({ type }))?.status, 200)
      assert.equal(rig.received().length, asked + 1)
      assert.equal(rig.received().at(-1)?.headers['content-type'], 'application/json')
    })

  test('a body under the coding identity is taken', async () => {
    assert.equal((await post({ lines: ['Content-Encoding: Identity'] }))?.status, 200)
  })
})
