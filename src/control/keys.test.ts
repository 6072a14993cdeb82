import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../core/errors.ts'
import { createMemoryControl } from '../stores/memory/control.ts'
import { createMemoryReports } from '../stores/memory/reports.ts'
import type { Control } from './control.ts'
import { createControl } from './create-control.ts'
import { documents, type KeyDocument } from './documents.ts'
import { digestOf } from './key-format.ts'

const start = Date.UTC(2026, 10, 24)
const hourMs = 3_600_000

const declaredKey = { name: 'web', key: 'a-key-of-any-form' }

const set = async () => {
  const store = createMemoryControl()
  const secret = await store.secret()
  const time = { now: start }
  const control = createControl({
    store: { control: store, reports: createMemoryReports() },
    secret,
    declared: { keys: [declaredKey], scopes: [], allowances: [] },
    now: () => time.now,
    isModel: (name) => name === 'chat',
    doors: ['/v1/messages'],
  })
  const documentOf = async (name: string): Promise<KeyDocument> => {
    const entry = (await store.changes(0)).find((each) => each.name === name)
    assert.ok(entry)
    return documents.key.read(entry.document)
  }
  return { store, secret, time, control, documentOf }
}

const refused = (code: string, param?: string) => (error: unknown) => {
  assert.ok(error instanceof GatewayError, String(error))
  assert.equal(error.code, code, error.message)
  if (param !== undefined) assert.equal(error.details.param, param)
  return true
}

const workingDigests = ({ digests }: KeyDocument, at: number): string[] =>
  digests.filter(({ until }) => until === undefined || until > at).map(({ digest }) => digest)

describe('keys that administrators make', () => {
  test('a new key is shown once with its secret, and only its digest is kept', async () => {
    const { control, documentOf, secret: storeSecret } = await set()
    const { key, secret } = await control.createKey({ name: 'app', team: 'shop', models: ['chat'] }, 'admin')
    assert.match(secret, /^sk-tg-[A-Za-z0-9]{59}$/)
    const view = { name: 'app', team: 'shop', models: ['chat'], state: 'active', isDeclared: false, createdAt: start }
    assert.deepEqual(JSON.parse(JSON.stringify(key)), { ...view, shown: key.shown })
    const document = await documentOf('app')
    assert.deepEqual(document.digests, [{ digest: digestOf(secret, storeSecret) }])
    assert.ok(!JSON.stringify(document).includes(secret))
    assert.ok(!JSON.stringify([await control.keys(), await control.audit({ limit: 10 })]).includes(secret))
  })

  test('what is made stands beside what is declared, whose secret is not shown', async () => {
    const { control } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    const keys = await control.keys()
    assert.ok(!JSON.stringify(keys).includes(declaredKey.key))
    assert.deepEqual(
      keys.map(({ name, isDeclared }) => [name, isDeclared]),
      [
        ['web', true],
        ['app', false],
      ],
    )
  })

  const impossible: readonly (readonly [string, Parameters<Control['createKey']>[0]])[] = [
    ['name', { name: '' }],
    ['name', { name: '-app' }],
    ['name', { name: 'a/b' }],
    ['name', { name: 'a'.repeat(65) }],
    ['name', { name: "x'; DROP TABLE key; --" }],
    ['name', { name: 'anonymous' }],
    ['team', { name: 'app', team: 'a b' }],
    ['models.0', { name: 'app', models: ['unknown'] }],
    ['doors.1', { name: 'app', doors: ['/v1/messages', '/admin/api/keys'] }],
    ['expiresAt', { name: 'app', expiresAt: start }],
    ['expiresAt', { name: 'app', expiresAt: Number.NaN }],
  ]
  for (const [field, wanted] of impossible) {
    test(`a key is refused for its ${field}: ${JSON.stringify(wanted)}`, async () => {
      const { control } = await set()
      await assert.rejects(control.createKey(wanted, 'admin'), refused('invalid_request', field))
      assert.deepEqual(await control.audit({ limit: 10 }), [])
    })
  }

  test('a name is taken for ever, by a declared key, by one that is made, and by one that was revoked', async () => {
    const { control } = await set()
    await assert.rejects(control.createKey({ name: 'web' }, 'admin'), refused('conflict'))
    await control.createKey({ name: 'app' }, 'admin')
    await assert.rejects(control.createKey({ name: 'app' }, 'admin'), refused('conflict'))
    await control.revokeKey('app', 'admin')
    await assert.rejects(control.createKey({ name: 'app' }, 'admin'), refused('conflict'))
  })

  test('declared keys are read-only and unknown ones are not there', async () => {
    const { control } = await set()
    for (const [name, code] of [
      ['web', 'conflict'],
      ['none', 'not_found'],
      ['constructor', 'not_found'],
    ] as const) {
      await assert.rejects(control.changeKey(name, { team: 'a' }, 'admin'), refused(code))
      await assert.rejects(control.rotateKey(name, 0, 'admin'), refused(code))
      await assert.rejects(control.revokeKey(name, 'admin'), refused(code))
    }
  })

  test('a change touches only what it names; what is undefined is taken away', async () => {
    const { control } = await set()
    await control.createKey({ name: 'app', team: 'shop', user: 'ann', models: ['chat'] }, 'admin')
    const key = await control.changeKey('app', { team: undefined, expiresAt: start + hourMs }, 'admin')
    assert.deepEqual([key.team, key.user, key.models, key.expiresAt], [undefined, 'ann', ['chat'], start + hourMs])
    const [line] = await control.audit({ limit: 1 })
    assert.deepEqual(JSON.parse(line?.detail ?? ''), { team: null, expiresAt: start + hourMs })
  })

  test('a key is over when its time has come, and can be given more', async () => {
    const { control, time } = await set()
    await control.createKey({ name: 'app', expiresAt: start + hourMs }, 'admin')
    time.now += hourMs
    assert.equal((await control.keys()).at(-1)?.state, 'expired')
    assert.equal((await control.changeKey('app', { expiresAt: time.now + 1 }, 'admin')).state, 'active')
  })

  test('a revoked key stays revoked', async () => {
    const { control, documentOf } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    assert.equal((await control.revokeKey('app', 'admin')).state, 'revoked')
    assert.equal((await documentOf('app')).revokedAt, start)
    await assert.rejects(control.rotateKey('app', 0, 'admin'), refused('conflict'))
    await assert.rejects(control.changeKey('app', { team: 'a' }, 'admin'), refused('conflict'))
    await assert.rejects(control.revokeKey('app', 'admin'), refused('conflict'))
  })

  test('without overlap the old secret stops at once; with it, it goes on for so long', async () => {
    const { control, time, documentOf, secret: storeSecret } = await set()
    const first = (await control.createKey({ name: 'app' }, 'admin')).secret
    const second = (await control.rotateKey('app', hourMs, 'admin')).secret
    const of = (secret: string) => digestOf(secret, storeSecret)
    assert.deepEqual(workingDigests(await documentOf('app'), time.now), [of(second), of(first)])
    assert.deepEqual(workingDigests(await documentOf('app'), time.now + hourMs), [of(second)])
    const third = (await control.rotateKey('app', 0, 'admin')).secret
    assert.deepEqual(workingDigests(await documentOf('app'), time.now), [of(third)])
  })

  test('an overlap is a whole number of milliseconds up to 90 days', async () => {
    const { control } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    for (const overlap of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 91 * 24 * hourMs]) {
      await assert.rejects(control.rotateKey('app', overlap, 'admin'), refused('invalid_request', 'overlap'))
    }
  })

  test('rotations in any order leave the newest secret working, the others never longer than any overlap said', async () => {
    const steps = fc.array(fc.record({ waitMs: fc.nat(20), overlapMs: fc.nat(30) }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(steps, async (rotations) => {
        const { control, time, documentOf, secret: storeSecret } = await set()
        const ends = new Map([[(await control.createKey({ name: 'app' }, 'admin')).secret, Number.POSITIVE_INFINITY]])
        for (const { waitMs, overlapMs } of rotations) {
          time.now += waitMs
          const working = [...ends].filter(([, end]) => end > time.now).length
          const rotated = control.rotateKey('app', overlapMs, 'admin')
          if (overlapMs > 0 && working >= 8) {
            await assert.rejects(rotated, refused('conflict'))
            continue
          }
          const { secret } = await rotated
          for (const [old, end] of ends) ends.set(old, Math.min(end, time.now + overlapMs))
          ends.set(secret, Number.POSITIVE_INFINITY)
        }
        const expected = [...ends].filter(([, end]) => end > time.now).map(([secret]) => digestOf(secret, storeSecret))
        assert.deepEqual(workingDigests(await documentOf('app'), time.now).toSorted(), expected.toSorted())
      }),
      { numRuns: 40 },
    )
  })

  test('of two who change a key at once one is told of the other', async () => {
    const { control, store } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    const rival = createControl({
      store: { control: store, reports: createMemoryReports() },
      secret: await store.secret(),
      now: () => start,
    })
    const both = await Promise.allSettled([
      control.changeKey('app', { team: 'one' }, 'admin'),
      rival.changeKey('app', { team: 'two' }, 'cli:ann'),
    ])
    const [failed] = both.filter(({ status }) => status === 'rejected')
    assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.ok(failed?.status === 'rejected' && refused('conflict')(failed.reason))
  })

  test('every write leaves one line of audit: who, what, on what', async () => {
    const { control } = await set()
    await control.createKey({ name: 'app' }, 'admin')
    await control.changeKey('app', { team: 'shop' }, 'cli:ann')
    await control.rotateKey('app', 1_000, 'admin')
    await control.revokeKey('app', 'admin')
    const lines = (await control.audit({ limit: 10 })).map(({ actor, action, subject }) => [actor, action, subject])
    assert.deepEqual(lines, [
      ['admin', 'key.revoke', 'app'],
      ['admin', 'key.rotate', 'app'],
      ['cli:ann', 'key.change', 'app'],
      ['admin', 'key.create', 'app'],
    ])
  })
})
