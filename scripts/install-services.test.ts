import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { missingIn } from './install-services.ts'

const folder = await mkdtemp(join(tmpdir(), 'tollgate-services-'))
after(() => rm(folder, { recursive: true }))
const namesMissingIn = (path: string): string[] => missingIn(path).map(({ commands }) => commands[0])

describe('programs that tests use', () => {
  test('are looked for where programs are', async () => {
    assert.deepEqual(namesMissingIn(folder), ['redis-server', 'chromium'])
    await writeFile(join(folder, 'chromium'), 'no program', { mode: 0o644 })
    await writeFile(join(folder, 'redis-server'), '', { mode: 0o755 })
    assert.deepEqual(namesMissingIn(`/nowhere${delimiter}${folder}`), ['chromium'])
  })

  test('are not spoken of when they are there', async () => {
    await writeFile(join(folder, 'redis-server'), '', { mode: 0o755 })
    await rm(join(folder, 'chromium'), { force: true })
    await writeFile(join(folder, 'chromium'), '', { mode: 0o755 })
    const script = join(import.meta.dirname, 'install-services.ts')
    const env = { ...process.env, PATH: `${folder}${delimiter}${dirname(process.execPath)}` }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { env })
    assert.equal(stdout + stderr, '')
  })
})
