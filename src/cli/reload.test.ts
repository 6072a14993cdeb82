import assert from 'node:assert/strict'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFolder, run, type Served, serve } from './spawned.ts'

const config = (model: string, more = ''): string => `
providers:
  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }
models: { ${model}: sim/small }
store: "memory:"
${more}
`

const statusOf = async (server: Served, model: string): Promise<number> => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await response.body?.cancel()
  return response.status
}

const untilServed = async (server: Served, model: string): Promise<void> => {
  const deadline = performance.now() + 10_000
  while ((await statusOf(server, model)) !== 200) {
    if (performance.now() > deadline) assert.fail(`${model} is not served`)
    await sleep(50)
  }
}

describe('a server whose configuration changes', () => {
  test('notices by itself that the file was replaced', async () => {
    await using folder = await createFolder({ 'tollgate.yaml': config('one') })
    await using server = await serve({ folder: folder.path })
    const file = join(folder.path, 'tollgate.yaml')
    await writeFile(`${file}.new`, config('two'))
    await rename(`${file}.new`, file)
    await untilServed(server, 'two')
    assert.equal(await statusOf(server, 'one'), 404)
  })

  test('reads it again when it is sent SIGHUP, and goes on', async () => {
    await using folder = await createFolder({ 'tollgate.yaml': config('one') })
    await using server = await serve({ folder: folder.path })
    await writeFile(join(folder.path, 'tollgate.yaml'), config('two'))
    server.child.kill('SIGHUP')
    await untilServed(server, 'two')
  })

  test('keeps the old one and logs every complaint that `tollgate check` has', async () => {
    await using folder = await createFolder({ 'tollgate.yaml': config('one') })
    await using server = await serve({ folder: folder.path })
    await writeFile(join(folder.path, 'tollgate.yaml'), config('two', 'modles: {}\nretry: { attempts: 9 }'))
    server.child.kill('SIGHUP')
    await sleep(500)
    assert.equal(await statusOf(server, 'one'), 200)
    const checked = await run(['check'], { folder: folder.path })
    assert.equal(checked.code, 1)
    const { output } = await server.stop()
    const logged = output.split('\n').find((line) => line.includes('the old one stays in force'))
    assert.ok(logged)
    const { complaints, level } = JSON.parse(logged)
    assert.equal(level, 'error')
    assert.equal(complaints.length, 2)
    for (const complaint of complaints)
      assert.ok(checked.errors.includes(complaint), `${complaint} is in ${checked.errors}`)
  })
})
