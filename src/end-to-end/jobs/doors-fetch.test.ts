import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGateway } from '../../library/create-gateway.ts'

const at = (path: string, init: RequestInit = {}): Request => new Request(`http://localhost${path}`, init)
const json = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

test('the library’s handler has the doors of jobs and files', async () => {
  const gateway = await createGateway({
    discover: false,
    providers: { sim: { kind: 'simulated', models: ['a'] } },
    models: { chat: 'sim/a' },
  })
  try {
    const body = { model: 'chat', messages: [{ role: 'user', content: 'Hi' }] }
    const submitted = await gateway.fetch(at('/v1/jobs', json({ endpoint: '/v1/chat/completions', body })))
    assert.equal(submitted.status, 202, await submitted.clone().text())
    const { id } = (await submitted.json()) as { id: string }
    const later = await gateway.fetch(at('/v1/chat/completions', json(body, { prefer: 'respond-async' })))
    assert.equal(later.status, 202)
    const events = await gateway.fetch(at(`/v1/jobs/${id}/events`))
    const reader = events.body?.getReader()
    assert.match(Buffer.from((await reader?.read())?.value ?? '').toString(), /^event: state\n/)
    await reader?.cancel()
    const cancelled = await gateway.fetch(at(`/v1/jobs/${id}/cancel`, json({})))
    assert.equal(((await cancelled.json()) as { status: string }).status, 'cancelled')
    assert.equal((await gateway.fetch(at(`/v1/jobs/${id}/result`))).status, 409)
    assert.equal((await gateway.fetch(at('/v1/jobs/nonesuch'))).status, 404)
    const form = new FormData()
    form.set('purpose', 'batch')
    form.set('file', new File(['words'], 'a.txt'))
    const uploaded = await gateway.fetch(at('/v1/files', { method: 'POST', body: form }))
    const file = (await uploaded.json()) as { id: string }
    assert.equal(await (await gateway.fetch(at(`/v1/files/${file.id}/content`))).text(), 'words')
  } finally {
    await gateway.close()
  }
})
