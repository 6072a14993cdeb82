import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { anthropicText, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { anthropicAt, openaiAt } from '../faults/harness.ts'
import { type Answered, numbered, type Rig, startRig } from './rig.ts'

interface DoorUnderTest {
  readonly name: string
  readonly path: string
  body(model: string, text: string): object
  readonly headers?: Readonly<Record<string, string>>
}

const messages = (text: string) => [{ role: 'user', content: text }]
const google = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] })
const amazon = (text: string) => ({ messages: [{ role: 'user', content: [{ text }] }] })

/** Every door of the inference, once for each form of its answers. */
const doorsOf = (model: string): readonly DoorUnderTest[] => [
  {
    name: 'chat completions',
    path: '/v1/chat/completions',
    body: (model, text) => ({ model, messages: messages(text) }),
  },
  {
    name: 'chat completions, streamed',
    path: '/v1/chat/completions',
    body: (model, text) => ({ model, stream: true, messages: messages(text) }),
  },
  { name: 'responses', path: '/v1/responses', body: (model, text) => ({ model, input: text }) },
  {
    name: 'responses, streamed',
    path: '/v1/responses',
    body: (model, text) => ({ model, stream: true, input: text }),
  },
  {
    name: 'messages',
    path: '/v1/messages',
    body: (model, text) => ({ model, max_tokens: 100, messages: messages(text) }),
  },
  {
    name: 'messages, streamed',
    path: '/v1/messages',
    body: (model, text) => ({ model, max_tokens: 100, stream: true, messages: messages(text) }),
  },
  { name: 'generateContent', path: `/v1beta/models/${model}:generateContent`, body: (_, text) => google(text) },
  {
    name: 'streamGenerateContent',
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: (_, text) => google(text),
  },
  { name: 'converse', path: `/model/${model}/converse`, body: (_, text) => amazon(text) },
  { name: 'converse-stream', path: `/model/${model}/converse-stream`, body: (_, text) => amazon(text) },
]

/** What is the gateway's own, beside the answer: what it cost, which is nothing the second time. */
const withoutComments = (text: string): string =>
  text.includes('tollgateRemark') ? withoutRemarks(text) : text.replace(/^: tollgate .*\n\n?/gm, '')

/** The same where events are binary, each with its length before it. */
const withoutRemarks = (text: string): string => {
  const bytes = Buffer.from(text, 'latin1')
  let kept = ''
  for (let at = 0; at < bytes.length; ) {
    const event = bytes.toString('latin1', at, at + bytes.readUInt32BE(at))
    if (!event.includes('tollgateRemark')) kept += event
    at += event.length
  }
  return kept
}

const checkReplay = (first: Answered, second: Answered): void => {
  assert.equal(first.status, 200, first.text)
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(second.status, 200, second.text)
  assert.ok(second.isReplay)
  assert.equal(withoutComments(second.text), withoutComments(first.text))
  assert.equal(second.headers.get('content-type'), first.headers.get('content-type'))
  assert.equal(second.headers.get('x-tollgate-target'), first.headers.get('x-tollgate-target'))
  assert.equal(second.headers.get('x-tollgate-cost-usd'), '0')
  assert.equal(second.headers.get('x-tollgate-attempts'), '0')
}

for (const model of ['chat', 'claude']) {
  describe(`the same key again, before ${model}`, () => {
    let rig: Rig
    before(async () => {
      rig = await startRigForBoth()
    })
    after(() => rig[Symbol.asyncDispose]())

    for (const { name, path, body } of doorsOf(model)) {
      it(`${name}: gives the same bytes without asking, and refuses another body`, async () => {
        const asked = { path, body: body(model, 'Hello.'), key: `key of ${name}` }
        const calls = rig.upstream.journal.length
        const first = await rig.ask(asked)
        const second = await rig.ask(asked)
        checkReplay(first, second)
        checkReplay(first, await rig.ask(asked))
        const other = await rig.ask({ ...asked, body: body(model, 'Something else.') })
        assert.equal(other.status, 422, other.text)
        assert.match(other.text, /idempotency/)
        assert.equal(other.headers.get('x-should-retry'), 'false')
        assert.equal(rig.upstream.journal.length, calls + 1)
        const replay = rig.gateway.records.at(-2)
        assert.equal(replay?.notes.idempotency, 'replayed')
        assert.equal(replay?.costNanos, 0n)
        assert.equal(replay?.model, model)
      })
    }
  })
}

/** One upstream that speaks both languages. */
const startRigForBoth = async (): Promise<Rig> => {
  const upstream = await startFakeUpstream()
  const rig = await startRig({
    providers: { up: openaiAt(upstream.url), claude: anthropicAt(upstream.url) },
    models: { chat: 'up/gpt-test', claude: 'claude/claude-test' },
    prices: { 'up/*': { input: 1, output: 1 }, 'claude/*': { input: 1, output: 1 } },
  })
  const openai = numbered(upstream)
  upstream.always((request: ReceivedRequest): Step => {
    const stream = JSON.parse(request.body).stream === true
    if (!request.path.includes('/messages')) return openai(request)
    return anthropicText(`answer ${upstream.journal.length}`, { stream, usage: { input: 40, output: 10 } })
  })
  return {
    ...rig,
    upstream,
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

describe('the same key again, for vectors', () => {
  it('gives the same bytes without asking', async () => {
    await using rig = await startRig()
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }]
    rig.upstream.always({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 2, total_tokens: 2 } }),
    })
    const asked = { path: '/v1/embeddings', body: { model: 'embed', input: 'Hello.' }, key: 'a key' }
    checkReplay(await rig.ask(asked), await rig.ask(asked))
    assert.equal((await rig.ask({ ...asked, body: { model: 'embed', input: 'Bye.' } })).status, 422)
    assert.equal(rig.upstream.journal.length, 1)
  })
})

describe('a key', () => {
  it('is good for one door and one form only', async () => {
    await using rig = await startRig()
    const body = { model: 'chat', max_tokens: 10, messages: messages('Hello.') }
    assert.equal((await rig.ask({ body, key: 'a key' })).status, 200)
    assert.equal((await rig.ask({ body, key: 'a key', path: '/v1/messages' })).status, 422)
    assert.equal((await rig.ask({ body: { ...body, stream: true }, key: 'a key' })).status, 422)
    assert.equal((await rig.ask({ body, key: 'a key' })).isReplay, true)
  })

  it('is the same whatever the order of the fields of its body', async () => {
    await using rig = await startRig()
    await rig.ask({ body: { model: 'chat', temperature: 0, messages: messages('Hello.') }, key: 'a key' })
    const again = await rig.ask({ body: { messages: messages('Hello.'), temperature: 0, model: 'chat' }, key: 'a key' })
    assert.ok(again.isReplay)
  })

  it('may stand in the body where no header can be set, and must be the same where it stands in both', async () => {
    await using rig = await startRig()
    const body = {
      model: 'chat',
      messages: messages('Hello.'),
      metadata: { tollgate: JSON.stringify({ idempotency_key: 'in the body' }) },
    }
    assert.equal((await rig.ask({ body })).status, 200)
    assert.ok((await rig.ask({ body })).isReplay)
    assert.ok((await rig.ask({ body, key: 'in the body' })).isReplay)
    assert.equal((await rig.ask({ body, key: 'another' })).status, 400)
    assert.equal(rig.upstream.journal.length, 1)
  })

  it('of a form that is none is refused before anything is asked', async () => {
    await using rig = await startRig()
    for (const key of ['x'.repeat(256), 'caf\u00e9', '']) {
      const refused = await rig.ask({ key })
      assert.equal(refused.status, 400, key)
      assert.match(refused.text, /idempotency-key: must have 1 to 255 printable characters/)
    }
    assert.equal((await rig.ask({ key: 'x'.repeat(255) })).status, 200)
    assert.equal(rig.upstream.journal.length, 1)
  })

  it('that is not there leaves everything as it was', async () => {
    await using rig = await startRig()
    await rig.ask({})
    const second = await rig.ask({})
    assert.equal(second.isReplay, false)
    assert.equal(rig.upstream.journal.length, 2)
    assert.equal(rig.gateway.records.at(-1)?.notes.idempotency, undefined)
  })
})
