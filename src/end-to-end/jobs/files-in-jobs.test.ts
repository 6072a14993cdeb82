import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { asKey, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn, jobIn } from './job-json.ts'

describe('a job whose body names files', () => {
  let rig: DoorRig
  before(async () => {
    rig = await startDoorRig()
    rig.work()
  })
  after(() => rig[Symbol.asyncDispose]())

  const upload = async (bytes: Buffer<ArrayBuffer>, type: string, key: string = keys.web): Promise<string> => {
    const form = new FormData()
    form.set('purpose', 'user_data')
    form.set('file', new File([bytes], 'paper.pdf', { type }))
    const answer = await rig.ask('/v1/files', { method: 'POST', body: form, headers: asKey(key) })
    return ((await answer.json()) as { id: string }).id
  }
  /** What the upstream was sent for a job with these parts in its message. */
  const sentFor = async (endpoint: string, content: readonly object[]): Promise<string> => {
    const message = { role: 'user', content }
    const body = endpoint === '/v1/responses' ? { input: [message] } : { messages: [message], max_tokens: 10 }
    const asked = { endpoint, body: { model: 'chat', ...body } }
    const job = await jobIn(await rig.post('/v1/jobs', asked, { prefer: 'wait=10' }), 202)
    assert.equal(job.status, 'succeeded', JSON.stringify(job.error))
    return String(rig.upstream.journal.at(-1)?.body)
  }
  const paper = Buffer.from('%PDF-1.4 words')
  const data = paper.toString('base64')

  test('is asked with their bytes, in the language of its door', async () => {
    const id = await upload(paper, 'application/pdf')
    const chat = await sentFor('/v1/chat/completions', [{ type: 'file', file: { file_id: id } }])
    assert.ok(chat.includes(`data:application/pdf;base64,${data}`), chat)
    assert.ok(chat.includes('paper.pdf') && !chat.includes(id))
    const responses = await sentFor('/v1/responses', [{ type: 'input_file', file_id: id }])
    assert.ok(responses.includes(data) && !responses.includes(id), responses)
    const messages = await sentFor('/v1/messages', [{ type: 'document', source: { type: 'file', file_id: id } }])
    assert.ok(messages.includes(data) && !messages.includes(id), messages)
  })

  test('may be asked so at the door itself, to be answered later', async () => {
    const id = await upload(paper, 'image/png')
    const input = [{ role: 'user', content: [{ type: 'input_image', file_id: id }] }]
    const answer = await rig.post('/v1/responses', { model: 'chat', input }, { prefer: 'respond-async, wait=10' })
    assert.equal((await jobIn(answer, 202)).status, 'succeeded')
    assert.ok(String(rig.upstream.journal.at(-1)?.body).includes(`data:image/png;base64,${data}`))
  })

  test('leaves alone what is not a file of its owner: the provider may know it', async () => {
    const theirs = await upload(paper, 'application/pdf', keys.other)
    for (const id of ['file-abc123', theirs, `file-${'0'.repeat(24)}`]) {
      const sent = await sentFor('/v1/chat/completions', [{ type: 'file', file: { file_id: id } }])
      assert.ok(sent.includes(id) && !sent.includes(data), sent)
    }
    const words = await upload(paper, 'application/pdf')
    assert.ok((await sentFor('/v1/chat/completions', [{ type: 'text', text: words }])).includes(words))
  })

  test('is refused when it would be too large with them', async () => {
    const id = await upload(Buffer.alloc(25 * 1024 * 1024), 'application/pdf')
    const messages = [{ role: 'user', content: [{ type: 'file', file: { file_id: id } }] }]
    const body = { model: 'chat', messages }
    const refused = await errorIn(await rig.post('/v1/jobs', { endpoint: '/v1/chat/completions', body }), 413)
    assert.match(refused.message, /With its files in it/)
    await errorIn(await rig.post('/v1/chat/completions', body, { prefer: 'respond-async' }), 413)
  })
})
