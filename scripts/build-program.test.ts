import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** A server of the built program, with a store in a file. */
const serve = async (folder: string): Promise<{ child: ChildProcess; url: string; token: string }> => {
  const child = spawn(
    join(root, 'scripts/run'),
    ['src/cli/main.ts', 'serve', '--store', `sqlite:${join(folder, 'a.db')}`],
    {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: '0', TOLLGATE_ADMIN_TOKEN: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  for await (const line of createInterface({ input: child.stderr })) {
    const [, url, token] = /^Administrators: (\S+)\/admin\/ with the token (\S+)/.exec(line) ?? []
    if (url !== undefined && token !== undefined) return { child, url, token }
  }
  throw new Error('It ended before it listened.')
}

describe('the built program', () => {
  let folder = ''
  let server: Awaited<ReturnType<typeof serve>>

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-program-'))
    server = await serve(folder)
  })
  after(async () => {
    server.child.kill('SIGTERM')
    await once(server.child, 'exit')
    rmSync(folder, { recursive: true })
  })

  const ask = async (body: object): Promise<{ readonly status: number; readonly body: unknown }> => {
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim/small', messages: [{ role: 'user', content: 'Hello' }], ...body }),
    })
    return { status: answer.status, body: await answer.json() }
  }

  it('is few files, and none of them the sources', () => {
    const files = readdirSync(join(root, 'dist/program/main'))
    for (const file of ['main.js', 'thread.js', 'schema-thread.js']) assert.ok(files.includes(file), file)
    assert.deepEqual(
      files.filter((file) => file.endsWith('.ts')),
      [],
    )
  })

  it('answers, and holds an answer against a schema in its thread', async () => {
    assert.equal((await ask({})).status, 200)
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    }
    const format = { type: 'json_schema', json_schema: { name: 'named', schema } }
    const { status, body } = await ask({ response_format: format })
    assert.equal(status, 200, JSON.stringify(body))
  })

  it('has what is loaded when it is asked for: metrics, administration, reports from the file', async () => {
    const metrics = await fetch(`${server.url}/metrics`)
    assert.match(await metrics.text(), /^tollgate_requests_total\{/m)
    const headers = { authorization: `Bearer ${server.token}` }
    for (const path of ['openapi.json', 'calls', 'jobs']) {
      const answer = await fetch(`${server.url}/admin/api/${path}`, { headers })
      assert.equal(answer.status, 200, path)
    }
    assert.equal((await fetch(`${server.url}/admin/`)).status, 200)
  })
})
