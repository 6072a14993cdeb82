import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Environment } from './expand.ts'
import { loadConfig } from './load.ts'

const exposureOf = async (text: string, environment: Environment = {}) =>
  (await loadConfig({ text, file: 't.yaml', environment, probe: async () => undefined })).config.exposure

describe('an address that other machines reach', () => {
  test('is noted with its place while no key is declared: the store may hold one', async () => {
    assert.deepEqual(await exposureOf('server: { host: 0.0.0.0 }'), {
      file: 't.yaml',
      line: 1,
      column: 17,
      path: 'server.host',
      problem: '0.0.0.0 is reachable from other machines; configure keys or bind 127.0.0.1',
    })
  })

  test('is noted when the environment names it', async () => {
    const { problem } = (await exposureOf('{}', { HOST: '::' })) ?? {}
    assert.match(problem ?? '', /:: \(from the environment variable HOST\) is reachable from other machines/)
  })

  test('is fine where a key is declared, and so is this machine without any', async () => {
    assert.equal(await exposureOf('server: { host: 0.0.0.0 }\nkeys: [{ name: a, key: 12345678a }]'), undefined)
    assert.equal(await exposureOf('server: { host: 127.0.0.1 }'), undefined)
  })
})
