import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { createMemoryControl } from '../stores/memory/control.ts'
import { createMemoryReports } from '../stores/memory/reports.ts'
import { createControl } from './create-control.ts'

const refused = (code: string) => (error: unknown) => error instanceof GatewayError && error.code === code

const set = async (changed?: () => Promise<unknown>) => {
  const store = createMemoryControl()
  const options = { store: { control: store, reports: createMemoryReports() }, secret: await store.secret() }
  return { store, options, control: createControl({ ...options, changed }) }
}

describe('control over one store', () => {
  test('what another process changed is seen at the next look', async () => {
    const { control, options } = await set()
    const other = createControl(options)
    await control.createKey({ name: 'app' }, 'admin')
    assert.deepEqual(
      (await other.keys()).map(({ name }) => name),
      ['app'],
    )
    await other.revokeKey('app', 'cli:ann')
    assert.equal((await control.keys())[0]?.state, 'revoked')
  })

  test('a change is through when whoever follows the store has heard of it', async () => {
    const heard: string[] = []
    const { control, store } = await set(async () => {
      heard.push(...(await store.changes(0)).map(({ name }) => name))
    })
    await control.createKey({ name: 'app' }, 'admin')
    assert.deepEqual(heard, ['app'])
  })

  test('a change stands also when nobody could hear of it', async () => {
    const { control } = await set(() => Promise.reject(new Error('busy')))
    await control.createKey({ name: 'app' }, 'admin')
    assert.equal((await control.keys()).length, 1)
  })

  test('a document that cannot be read is left out of lists, and nobody writes over it', async () => {
    const { control, store } = await set()
    const audit = { actor: 'a', action: 'b', subject: 'c', detail: '{}' }
    await store.put({ kind: 'key', name: 'later', document: '{"of":"a later version"}', deleted: false }, audit, 'new')
    await control.createKey({ name: 'app' }, 'admin')
    assert.deepEqual(
      (await control.keys()).map(({ name }) => name),
      ['app'],
    )
    await assert.rejects(control.createKey({ name: 'later' }, 'admin'), refused('conflict'))
    await assert.rejects(control.revokeKey('later', 'admin'), refused('conflict'))
  })

  test('any number of writers at once leave a line of audit for each write that stands, and for no other', async () => {
    const { options, control } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    const writers = Array.from({ length: 8 }, () => createControl(options))
    const all = await Promise.allSettled(writers.map((each, at) => each.changeKey('app', { team: `t${at}` }, 'admin')))
    const stood = all.filter(({ status }) => status === 'fulfilled').length
    assert.ok(stood >= 1)
    assert.equal((await control.audit({ limit: 100 })).length, stood + 1)
  })
})
