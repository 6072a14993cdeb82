import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import type { StoreConfig } from './config.ts'
import { type LoadOptions, loadConfig, parseConfig } from './load.ts'

const probe = async () => undefined

const storeOf = async (options: Partial<LoadOptions>): Promise<StoreConfig> =>
  (await loadConfig({ environment: {}, probe, ...options })).config.store

describe('where the store is', () => {
  test('a server has a file in the working directory, a program has memory', async () => {
    assert.deepEqual(await storeOf({ text: '' }), { kind: 'sqlite', path: resolve('tollgate.db') })
    assert.deepEqual(await storeOf({ text: '', listens: false }), { kind: 'memory' })
    assert.deepEqual((await parseConfig({}, { TOLLGATE_STORE: 'sqlite:x.db' }, probe)).store, { kind: 'memory' })
  })

  test('what a file says is relative to the file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tollgate-store-'))
    await writeFile(join(directory, 'tollgate.yaml'), 'store: sqlite:data/money.db')
    assert.deepEqual(await storeOf({ directory }), { kind: 'sqlite', path: join(directory, 'data', 'money.db') })
    await rm(directory, { recursive: true })
  })

  test('the environment goes before the file, and what is said by hand before both', async () => {
    const environment = { TOLLGATE_STORE: 'sqlite:/tmp/b.db' }
    const text = 'store: memory'
    assert.deepEqual(await storeOf({ text }), { kind: 'memory' })
    assert.deepEqual(await storeOf({ text: 'store: "memory:"' }), { kind: 'memory' })
    assert.deepEqual(await storeOf({ text, environment }), { kind: 'sqlite', path: '/tmp/b.db' })
    const byHand = await storeOf({ text, environment, store: 'sqlite:/tmp/c.db' })
    assert.deepEqual(byHand, { kind: 'sqlite', path: '/tmp/c.db' })
  })

  for (const store of ['sqlite:', 'sqlite::memory:', 'sqlite://host/x', 'tollgate.db', 'postgres://h/x', 'disk'])
    test(`${store} is none, and it is said who named it`, async () => {
      await assert.rejects(storeOf({ store }), (error) => {
        assert.ok(error instanceof ConfigError)
        return error.message.startsWith('store: --store: expected sqlite: with the path of a file')
      })
    })
})
