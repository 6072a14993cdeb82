import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Allowance } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { createMatch } from '../ledger/match.ts'
import { createMemoryBank, createMemoryStore } from '../stores/memory/index.ts'
import type { ControlStore } from '../stores/store.ts'
import type { Declaration } from './declaration.ts'
import { createDirectory, type Directory } from './directory.ts'
import { documents, type KeyDocument } from './documents.ts'
import { createKeySecret, digestOf, shownKey } from './key-format.ts'

const nothing: Declaration = { keys: [], scopes: [], allowances: [] }
const audit = { actor: 'test', action: 'test', subject: 'test', detail: '{}' }

const allowance = (id: string, scope: Allowance['scope']): Allowance => ({
  id,
  unit: 'requests',
  limit: 10n,
  window: { kind: 'rolling', ms: 60_000 },
  scope,
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
})

interface Rig {
  readonly directory: Directory
  readonly control: ControlStore
  readonly errors: string[]
  /** Writes a key into the store; returns what its owner sends. */
  makeKey(name: string, fields?: Partial<KeyDocument>): Promise<string>
  time: number
}

const open = async (config: Partial<Declaration> = {}, control = createMemoryStore().control): Promise<Rig> => {
  const errors: string[] = []
  const rig: { time: number } = { time: 1_000 }
  const directory = await createDirectory({
    config: { ...nothing, ...config },
    control,
    createMatch,
    log: { error: (facts, message) => void errors.push(`${message} ${JSON.stringify(facts)}`) },
    now: () => rig.time,
  })
  const makeKey = async (name: string, fields: Partial<KeyDocument> = {}): Promise<string> => {
    const { secret } = createKeySecret()
    const digest = digestOf(secret, await control.secret())
    const key: KeyDocument = { digests: [{ digest }], shown: shownKey(secret), createdAt: 1, ...fields }
    await control.put({ kind: 'key', name, document: documents.key.write(key), deleted: false }, audit, 'any')
    return secret
  }
  return Object.assign(rig, { directory, control, errors, makeKey })
}

const refused = (directory: Directory, credential: string | undefined): void =>
  assert.throws(() => directory.authenticate(credential), { code: 'unauthenticated', message: /^No valid key/ })

describe('a directory without any key', () => {
  test('lets everybody in as anonymous', async () => {
    const { directory } = await open()
    assert.equal(directory.isOpen, true)
    assert.deepEqual(directory.authenticate(undefined), { key: 'anonymous' })
  })

  test('is closed by the first key that is made, and stays so when it is revoked or deleted', async () => {
    const { directory, control, makeKey } = await open()
    const secret = await makeKey('web')
    await directory.refresh()
    assert.equal(directory.isOpen, false)
    refused(directory, undefined)
    assert.equal(directory.authenticate(secret).key, 'web')
    await makeKey('web', { revokedAt: 500 })
    await directory.refresh()
    refused(directory, undefined)
    await control.put({ kind: 'key', name: 'web', document: '{}', deleted: true }, audit, 'any')
    await directory.refresh()
    assert.equal(directory.isOpen, false)
    refused(directory, secret)
  })
})

describe('a key', () => {
  test('is known by what it is: declared or made, and nothing else is', async () => {
    const { directory, makeKey } = await open({ keys: [{ name: 'declared', key: 'any-form-of-key' }] })
    const secret = await makeKey('made')
    await directory.refresh()
    assert.equal(directory.authenticate('any-form-of-key').key, 'declared')
    assert.equal(directory.authenticate(secret).key, 'made')
    for (const wrong of [undefined, '', 'any-form-of-ke', `${secret}x`, secret.toLowerCase(), 'x'.repeat(10_000)])
      refused(directory, wrong)
  })

  test('gives the same object each time, and after changes of others', async () => {
    const { directory, makeKey } = await open({ keys: [{ name: 'one', key: 'key-of-one', models: ['chat'] }] })
    const before = directory.authenticate('key-of-one')
    await makeKey('two')
    await directory.refresh()
    assert.equal(directory.authenticate('key-of-one'), before)
    assert.deepEqual([...directory.callers.keys()], ['one', 'two'])
  })

  test('is refused from the moment at which it expires', async () => {
    const rig = await open({ keys: [{ name: 'declared', key: 'short-lived', expiresAt: 5_000 }] })
    const secret = await rig.makeKey('made', { expiresAt: 6_000 })
    await rig.directory.refresh()
    rig.time = 4_999
    assert.equal(rig.directory.authenticate('short-lived').key, 'declared')
    rig.time = 5_000
    refused(rig.directory, 'short-lived')
    assert.equal(rig.directory.authenticate(secret).key, 'made')
    rig.time = 6_000
    refused(rig.directory, secret)
  })

  test('that was given a new secret works by both until the overlap is over', async () => {
    const rig = await open()
    const { secret: old } = createKeySecret()
    const { secret } = createKeySecret()
    const salt = await rig.control.secret()
    await rig.makeKey('web', {
      digests: [{ digest: digestOf(secret, salt) }, { digest: digestOf(old, salt), until: 2_000 }],
    })
    await rig.directory.refresh()
    assert.equal(rig.directory.authenticate(old), rig.directory.authenticate(secret))
    rig.time = 2_000
    refused(rig.directory, old)
    assert.equal(rig.directory.authenticate(secret).key, 'web')
  })

  test('that is revoked is refused at once in this process, and without asking in others', async () => {
    const bank = createMemoryBank()
    const here = await open({}, bank.open().control)
    const there = await open({}, bank.open().control)
    const secret = await here.makeKey('web')
    await here.directory.refresh()
    await until(() => there.directory.callers.has('web'))
    assert.equal(there.directory.authenticate(secret).key, 'web')
    await here.makeKey('web', { revokedAt: 1 })
    await here.directory.refresh()
    refused(here.directory, secret)
    await until(() => !there.directory.callers.has('web'))
    refused(there.directory, secret)
  })

  test('that is declared goes before a made one of its name, which is told of once', async () => {
    const rig = await open({ keys: [{ name: 'web', key: 'declared-key', team: 'a' }] })
    const secret = await rig.makeKey('web', { team: 'b' })
    await rig.makeKey('other')
    await rig.directory.refresh()
    assert.equal(rig.directory.authenticate('declared-key').team, 'a')
    refused(rig.directory, secret)
    await rig.makeKey('third')
    await rig.directory.refresh()
    assert.deepEqual(rig.errors, ['A key is declared and in the store; the declared one holds. {"name":"web"}'])
  })
})

describe('who belongs to whom', () => {
  const scopes: Declaration['scopes'] = [
    { kind: 'team', name: 'shop', parent: 'acme' },
    { kind: 'user', name: 'ada', parent: 'shop' },
  ]

  test('follows from the user and the team of a key', async () => {
    const keys = [
      { name: 'of ada', key: 'key-of-ada', user: 'ada' },
      { name: 'of shop', key: 'key-of-shop', team: 'shop' },
      { name: 'else', key: 'key-of-else', team: 'lab', org: 'other' },
    ]
    const { directory } = await open({ keys, scopes })
    const [ada, shop, other] = ['key-of-ada', 'key-of-shop', 'key-of-else'].map(directory.authenticate)
    assert.partialDeepStrictEqual(ada, { user: 'ada', team: 'shop', org: 'acme' })
    assert.partialDeepStrictEqual(shop, { team: 'shop', org: 'acme' })
    assert.partialDeepStrictEqual(other, { team: 'lab', org: 'other' })
  })

  test('changes with what administrators write down, but not for who is declared', async () => {
    const keys = [
      { name: 'lab', key: 'key-of-lab', team: 'lab' },
      { name: 'shop', key: 'key-of-shop', team: 'shop' },
    ]
    const { directory, control } = await open({ keys, scopes })
    for (const name of ['lab', 'shop'])
      await control.put({ kind: 'team', name, document: '{"parent":"new"}', deleted: false }, audit, 'any')
    await directory.refresh()
    assert.equal(directory.authenticate('key-of-lab').org, 'new')
    assert.equal(directory.authenticate('key-of-shop').org, 'acme')
  })
})

describe('allowances', () => {
  const caller: Caller = { key: 'web' }

  test('of the configuration and of the store bind alike, from the moment they are made', async () => {
    const { directory, control } = await open({ allowances: [allowance('a', 'key:web')] })
    const before = directory.match()
    assert.deepEqual(ids(directory, caller), ['a'])
    const document = documents.allowance.write(allowance('b', 'key:web'))
    await control.put({ kind: 'allowance', name: 'b', document, deleted: false }, audit, 'new')
    await directory.refresh()
    assert.deepEqual(ids(directory, caller), ['a', 'b'])
    await control.put({ kind: 'allowance', name: 'b', document, deleted: true }, audit, 'old')
    await directory.refresh()
    assert.deepEqual(ids(directory, caller), ['a'])
    assert.notEqual(directory.match(), before)
  })

  test('keep what is known of them while only keys change', async () => {
    const { directory, makeKey } = await open({ allowances: [allowance('a', 'key:web')] })
    const before = directory.match()
    await makeKey('web')
    await directory.refresh()
    assert.equal(directory.match(), before)
  })

  test('of one id are the declared one, and the other is told of', async () => {
    const { directory, control, errors } = await open({ allowances: [allowance('a', 'key:web')] })
    const document = documents.allowance.write({ ...allowance('a', 'key:web'), limit: 1n })
    await control.put({ kind: 'allowance', name: 'a', document, deleted: false }, audit, 'new')
    await directory.refresh()
    assert.deepEqual(
      directory.allowances.map(({ limit }) => limit),
      [10n],
    )
    assert.match(errors[0] ?? '', /declared and in the store/)
  })
})

describe('what is malformed in the store', () => {
  test('is left out and told of, and the rest is used', async () => {
    const rig = await open()
    const secret = await rig.makeKey('good')
    for (const [name, document] of [
      ['bad', '{"digests":"canary"}'],
      ['worse', '{'],
    ] as const)
      await rig.control.put({ kind: 'key', name, document, deleted: false }, audit, 'new')
    await rig.directory.refresh()
    assert.equal(rig.directory.authenticate(secret).key, 'good')
    assert.equal(rig.errors.length, 2)
    assert.match(rig.errors[0] ?? '', /malformed.*"kind":"key","name":"bad"/)
    assert.doesNotMatch(rig.errors.join(), /canary/)
  })

  test('does not open the door when it is the only key', async () => {
    const { directory, control } = await open()
    await control.put({ kind: 'key', name: 'bad', document: '{', deleted: false }, audit, 'new')
    await directory.refresh()
    refused(directory, undefined)
  })
})

describe('a store that fails', () => {
  test('is asked again, and what is known holds meanwhile', async () => {
    const { control } = createMemoryStore()
    const rig = await open({}, control)
    const secret = await rig.makeKey('web')
    await rig.directory.refresh()
    let failures = 2
    const failing: ControlStore = {
      ...control,
      changes: (after) => (after > 0 && failures-- > 0 ? Promise.reject(new Error('disk')) : control.changes(after)),
    }
    const other = await open({}, failing)
    assert.equal(other.directory.authenticate(secret).key, 'web')
    const second = await rig.makeKey('second')
    await until(() => other.directory.callers.has('second'), 4_000)
    assert.equal(other.directory.authenticate(second).key, 'second')
    assert.match(other.errors[0] ?? '', /could not be read/)
    other.directory.close()
  })
})

const ids = (directory: Directory, caller: Caller): string[] =>
  directory
    .match()(caller, 'chat')
    .map((bound) => bound.allowance.id)

const until = async (isTrue: () => boolean, withinMs = 2_000): Promise<void> => {
  const end = performance.now() + withinMs
  while (!isTrue()) {
    assert.ok(performance.now() < end, 'it did not become true in time')
    await new Promise((go) => setTimeout(go, 5))
  }
}
