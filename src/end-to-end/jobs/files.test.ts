import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import OpenAI, { toFile } from 'openai'
import { asKey, type DoorRig, keys, startDoorRig } from './door-rig.ts'
import { errorIn } from './job-json.ts'

const mostBytes = 4 * 1024 * 1024

interface FileJson {
  readonly id: string
  readonly filename: string
  readonly purpose: string
  readonly bytes: number
  readonly expires_at: number | null
}

describe('files of callers', () => {
  let rig: DoorRig
  let client: OpenAI
  before(async () => {
    rig = await startDoorRig({ maxFileBytes: mostBytes })
    client = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: keys.web, maxRetries: 0 })
  })
  after(() => rig[Symbol.asyncDispose]())

  test('go up, are shown, come down and are deleted by the official client', async () => {
    const bytes = randomBytes(1_500_000)
    const made = await client.files.create({
      file: await toFile(bytes, 'questions.jsonl', { type: 'application/jsonl' }),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3_600 },
    })
    assert.match(made.id, /^file-\w{24}$/)
    assert.partialDeepStrictEqual(made, {
      object: 'file',
      bytes: bytes.length,
      filename: 'questions.jsonl',
      purpose: 'batch',
      status: 'processed',
      expires_at: made.created_at + 3_600,
    })
    assert.deepEqual(await client.files.retrieve(made.id), made)
    const content = await client.files.content(made.id)
    assert.ok(Buffer.from(await content.arrayBuffer()).equals(bytes))
    assert.equal(content.headers.get('content-type'), 'application/jsonl')
    assert.equal(content.headers.get('content-disposition'), "attachment; filename*=UTF-8''questions.jsonl")
    assert.equal(content.headers.get('x-content-type-options'), 'nosniff')
    assert.deepEqual(await client.files.delete(made.id), { id: made.id, object: 'file', deleted: true })
    await assert.rejects(client.files.retrieve(made.id), { status: 404, code: 'not_found' })
    await assert.rejects(client.files.delete(made.id), { status: 404 })
  })

  const upload = async (name: string, purpose = 'user_data', key: string = keys.web): Promise<FileJson> => {
    const form = new FormData()
    form.set('purpose', purpose)
    form.set('file', new File(['words'], name))
    const answer = await rig.ask('/v1/files', { method: 'POST', body: form, headers: asKey(key) })
    assert.equal(answer.status, 200, await answer.clone().text())
    return (await answer.json()) as FileJson
  }

  test('are listed page by page, newest first or not', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index++)
      ids.unshift((await upload(`${index}`, index % 2 ? 'vision' : 'user_data', keys.other)).id)
    const theirs = new OpenAI({ baseURL: `${rig.url}/v1`, apiKey: keys.other, maxRetries: 0 })
    const seen: string[] = []
    for await (const { id } of theirs.files.list({ limit: 2 })) seen.push(id)
    assert.deepEqual(seen, ids)
    const oldest = await theirs.files.list({ order: 'asc', limit: 1 })
    assert.equal(oldest.data[0]?.id, ids.at(-1))
    assert.equal((await theirs.files.list({ purpose: 'vision' })).data.length, 2)
  })

  test('are seen by their team only: to others they look like none', async () => {
    const { id } = await upload('mine.txt')
    assert.equal((await rig.ask(`/v1/files/${id}`, { headers: asKey(keys.colleague) })).status, 200)
    const strange = id.replaceAll(/[a-v]/g, '0')
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/content'],
      ['DELETE', ''],
    ] as const) {
      const told = async (name: string, key: string) => {
        const answer = await rig.ask(`/v1/files/${name}${path}`, { method, headers: asKey(key) })
        return (await errorIn(answer, 404)).message.replace(name, '')
      }
      assert.equal(await told(id, keys.other), await told(strange, keys.web))
    }
    assert.equal((await rig.ask(`/v1/files/${id}/content`)).status, 200)
  })

  test('do not show what belongs to jobs', async () => {
    const owner = 'team:shop'
    const facts = { owner, name: 'form', contentType: 'text/plain', purpose: 'job', expiresAt: undefined }
    const { id } = await rig.runtime.files.add(facts, Buffer.from('words'), 10)
    for (const path of [id, `${id}/content`]) await errorIn(await rig.ask(`/v1/files/${path}`), 404)
    await errorIn(await rig.ask(`/v1/files/${id}`, { method: 'DELETE' }), 404)
  })

  test('keep the name that they were given, without its folders', async () => {
    assert.equal((await upload('../../etc/passwd')).filename, 'passwd')
    assert.equal((await upload('C:\\secret\\ä “b”.txt')).filename, 'ä “b”.txt')
    assert.equal((await upload('x'.repeat(300))).filename.length, 255)
  })

  const file = new File(['words'], 'a.txt')
  const forms: readonly (readonly [string, (form: FormData) => void, number, string | null])[] = [
    ['no file', (form) => form.delete('file'), 400, 'file'],
    ['two files', (form) => form.append('file', file), 400, 'file'],
    ['a text as file', (form) => form.set('file', 'words'), 400, 'file'],
    ['no purpose', (form) => form.delete('purpose'), 400, 'purpose'],
    ['a purpose of ours', (form) => form.set('purpose', 'job'), 400, 'purpose'],
    ['a purpose that is none', (form) => form.set('purpose', '../x'), 400, 'purpose'],
    ['a very long purpose', (form) => form.set('purpose', 'x'.repeat(100_000)), 400, 'purpose'],
    ['two purposes', (form) => form.append('purpose', 'batch'), 400, 'purpose'],
    ['another anchor', (form) => form.set('expires_after[anchor]', 'last_used_at'), 400, 'expires_after[anchor]'],
    [
      'too short a life',
      (form) => {
        form.set('expires_after[anchor]', 'created_at')
        form.set('expires_after[seconds]', '5')
      },
      400,
      'expires_after[seconds]',
    ],
    ['more than fits', (form) => form.set('file', new File([new Uint8Array(mostBytes + 1)], 'x')), 413, null],
  ]

  test('are refused where the form is wrong, and leave nothing', async () => {
    const before = await client.files.list()
    for (const [what, spoil, status, param] of forms) {
      const form = new FormData()
      form.set('file', file)
      form.set('purpose', 'batch')
      spoil(form)
      const error = await errorIn(await rig.ask('/v1/files', { method: 'POST', body: form }), status)
      assert.equal(error.param, param, what)
    }
    const json = await rig.post('/v1/files', { file: 'words' })
    assert.equal((await errorIn(json, 415)).code, 'unsupported_media_type')
    assert.deepEqual((await client.files.list()).data, before.data)
  })

  test('that break off on their way leave nothing', async () => {
    const before = await client.files.list()
    const length = 100_000
    const head = '--edge\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n'
    const leaving = request(`${rig.url}/v1/files`, {
      method: 'POST',
      headers: { ...asKey(keys.web), 'content-type': 'multipart/form-data; boundary=edge', 'content-length': length },
    })
    leaving.on('error', () => {})
    await new Promise((resolve) => leaving.write(head + 'x'.repeat(50_000), resolve))
    leaving.destroy()
    const short = await rig.ask('/v1/files', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=edge' },
      body: head + 'x'.repeat(50_000),
    })
    assert.match((await errorIn(short, 400)).message, /has no end/)
    assert.deepEqual((await client.files.list()).data, before.data)
  })

  test('are looked for by their own ids and methods', async () => {
    for (const id of ['file-', '%2e%2e', 'a'.repeat(3_000), `file-${'0'.repeat(24)}`, '%00', '{}'])
      assert.equal((await rig.ask(`/v1/files/${id}`)).status, 404, id)
    for (const path of ['/v1/files/', '/v1/files/a/b', '/v1/files/a/content/'])
      assert.equal((await rig.ask(path)).status, 404)
    assert.equal((await rig.ask('/v1/files', { method: 'DELETE' })).status, 405)
    for (const query of ['limit=0', 'order=up', 'after=x'])
      assert.equal((await rig.ask(`/v1/files?${query}`)).status, 400, query)
    assert.equal((await rig.ask('/v1/files', { headers: asKey('nobody') })).status, 401)
    assert.equal((await rig.ask('/v1/files', { headers: asKey(keys.chatOnly) })).status, 403)
  })

  test('may come in chunks, of which nobody knows how many there will be', async () => {
    const piece = Buffer.alloc(65_536, 'words ')
    const form = async function* () {
      yield Buffer.from('--edge\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--edge\r\n')
      yield Buffer.from('content-disposition: form-data; name="file"; filename="a"\r\n\r\n')
      for (let sent = 0; sent < 60; sent++) yield piece
      yield Buffer.from('\r\n--edge--\r\n')
    }
    const answer = await rig.ask('/v1/files', {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=edge' },
      body: ReadableStream.from(form()) as never,
      duplex: 'half',
    } as RequestInit)
    assert.equal(((await answer.json()) as FileJson).bytes, 60 * piece.length)
  })
})
