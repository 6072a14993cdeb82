import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { controlStoreSuite } from '../../testing/control-store-suite.ts'
import { openTemporaryStores } from '../../testing/temporary-stores.ts'
import { readSecret } from './control-secret.ts'

controlStoreSuite('sqlite', async () => {
  const stores = await openTemporaryStores()
  const other = await stores.open()
  return { one: stores.one.control, other: other.control, close: stores.close }
})

describe('the control store in a file', () => {
  it('keeps documents, versions and audit when it is opened again', async () => {
    const stores = await openTemporaryStores()
    try {
      const audit = { actor: 'cli:me', action: 'team.create', subject: 'shop', detail: '{}' }
      const entry = { kind: 'team', name: 'shop', document: '{"org":"acme"}', deleted: false } as const
      const version = await stores.one.control.put(entry, audit, 'new')
      await stores.one.close()
      const { control } = await stores.open()
      assert.deepEqual(await control.changes(0), [{ ...entry, version }])
      const [line] = await control.audit({ limit: 1 })
      assert.deepEqual({ ...line, at: 0 }, { ...audit, at: 0 })
    } finally {
      await stores.close()
    }
  })
})

const inFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-secret-'))
  try {
    await body(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('the secret', () => {
  it('is one, however many make it at the same time, in a file for this user alone', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'store.secret')
      const secrets = await Promise.all(Array.from({ length: 20 }, () => readSecret(path)))
      assert.equal(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size, 1)
      assert.equal((await stat(path)).mode & 0o777, 0o600)
      assert.deepEqual(await readdir(folder), ['store.secret'])
    }))

  it('of a wrong length is refused and left as it is', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'store.secret')
      await writeFile(path, 'short')
      await assert.rejects(readSecret(path), { code: 'store_unavailable', message: /does not hold the 32 bytes/ })
      assert.equal((await stat(path)).size, 5)
    }))

  it('that cannot be made is a store that cannot be used', () =>
    inFolder(async (folder) => {
      await assert.rejects(readSecret(join(folder, 'missing', 'store.secret')), { code: 'store_unavailable' })
    }))
})
