import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { AuditEntry, ControlStore } from '../stores/store.ts'

/** Two openings of one control store; the same twice where a backend can be opened but once. */
export interface OpenedControl {
  readonly one: ControlStore
  readonly other: ControlStore
  close(): Promise<void>
}

const line = (subject: string, action = 'key.create'): Omit<AuditEntry, 'at'> => ({
  actor: 'admin',
  action,
  subject,
  detail: '{}',
})

const entry = (name: string, document = '{}', deleted = false) => ({ kind: 'key', name, document, deleted }) as const

/** Names that would do harm if one of them ever became part of a statement or a pattern. */
export const hostileNames = [
  "'; DROP TABLE control; --",
  '" OR ""="',
  '%',
  '_',
  'a\\%b',
  '*',
  "x' UNION SELECT 1 --",
  'ключ 🔑',
  '__proto__',
  '',
]

/** True within the time, as soon as it is. */
const becomes = async (isTrue: () => boolean, withinMs: number): Promise<boolean> => {
  const end = performance.now() + withinMs
  while (!isTrue() && performance.now() < end) await wait(10)
  return isTrue()
}

/** What every control store does, checked. */
export const controlStoreSuite = (name: string, open: () => Promise<OpenedControl>): void => {
  const check = (behaviour: string, body: (opened: OpenedControl) => Promise<void>): void => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }
  describe(`${name}: documents of administrators`, () => documents(check))
  describe(`${name}: audit, secret and watching`, () => surroundings(check))
}

type Check = (behaviour: string, body: (opened: OpenedControl) => Promise<void>) => void

const documents = (check: Check): void => {
  check('nothing is there at first', async ({ one }) => {
    assert.deepEqual(await one.changes(0), [])
    assert.deepEqual(await one.audit({ limit: 10 }), [])
  })

  check('versions rise over all kinds, and changes come in their order', async ({ one, other }) => {
    const first = (await one.put(entry('a'), line('a'), 'new')) as number
    const second = (await one.put({ ...entry('a'), kind: 'team' }, line('a'), 'new')) as number
    const third = (await one.put(entry('a', '{"x":1}'), line('a'), 'old')) as number
    assert.ok(first > 0 && second > first && third > second)
    assert.deepEqual(await other.changes(0), [
      { kind: 'team', name: 'a', document: '{}', version: second, deleted: false },
      { kind: 'key', name: 'a', document: '{"x":1}', version: third, deleted: false },
    ])
    assert.deepEqual(
      (await other.changes(second)).map(({ version }) => version),
      [third],
    )
  })

  check('a new entry fails when its name is taken, whoever took it', async ({ one, other }) => {
    const both = await Promise.all([
      one.put(entry('a', '1'), line('a'), 'new'),
      other.put(entry('a', '2'), line('a'), 'new'),
    ])
    assert.equal(both.filter((version) => version !== undefined).length, 1)
    assert.equal((await one.changes(0)).length, 1)
  })

  check('changing fails for what is not there, and for what was deleted', async ({ one }) => {
    assert.equal(await one.put(entry('a'), line('a'), 'old'), undefined)
    await one.put(entry('a'), line('a'), 'new')
    await one.put(entry('a', '{}', true), line('a'), 'old')
    assert.equal(await one.put(entry('a'), line('a'), 'old'), undefined)
  })

  check('of two changes to one version, one fails', async ({ one, other }) => {
    const version = (await one.put(entry('a'), line('a'), 'new')) as number
    const next = await one.put(entry('a', '1'), line('a'), version)
    assert.ok(next !== undefined && next > version)
    assert.equal(await other.put(entry('a', '2'), line('a'), version), undefined)
    assert.equal((await one.changes(0))[0]?.document, '1')
  })

  check('a deletion is told of, and frees the name', async ({ one, other }) => {
    const made = (await one.put(entry('a'), line('a'), 'new')) as number
    const gone = await one.put(entry('a', '{}', true), line('a'), 'old')
    assert.deepEqual(await other.changes(made), [{ ...entry('a', '{}', true), version: gone }])
    assert.ok((await other.put(entry('a'), line('a'), 'new')) !== undefined)
  })

  check('any name is only a name', async ({ one, other }) => {
    for (const hostile of hostileNames) assert.ok(await one.put(entry(hostile, `"${hostile}"`), line(hostile), 'new'))
    const found = await other.changes(0)
    assert.deepEqual(
      found.map(({ name }) => name),
      hostileNames,
    )
    assert.deepEqual((await other.audit({ limit: 1 }))[0]?.subject, hostileNames.at(-1))
  })
}

const surroundings = (check: Check): void => {
  check('audit is told newest first, page by page, and no line is lost between two pages', async ({ one, other }) => {
    for (let index = 0; index < 7; index++) await one.put(entry(`k${index}`), line(`k${index}`), 'new')
    const first = await other.audit({ limit: 4 })
    const second = await other.audit({ limit: 4, before: first.at(-1)?.at })
    assert.deepEqual(
      [...first, ...second].map(({ subject }) => subject),
      ['k6', 'k5', 'k4', 'k3', 'k2', 'k1', 'k0'],
    )
    assert.ok([...first, ...second].every(({ at }) => Math.abs(at - Date.now()) < 60_000))
  })

  check('what failed leaves no audit line', async ({ one }) => {
    await one.put(entry('a'), line('a', 'key.create'), 'new')
    await one.put(entry('a'), line('a', 'key.again'), 'new')
    assert.deepEqual(
      (await one.audit({ limit: 10 })).map(({ action }) => action),
      ['key.create'],
    )
  })

  check('the secret is 32 bytes, not all the same, and the same for all who ask at once', async ({ one, other }) => {
    const secrets = await Promise.all([one.secret(), other.secret(), one.secret(), other.secret()])
    for (const secret of secrets) assert.deepEqual([...secret], [...(secrets[0] as Uint8Array)])
    assert.equal(secrets[0]?.length, 32)
    assert.ok(new Set(secrets[0]).size > 8)
  })

  check('a change is seen by all within a second, until they stop watching', async ({ one, other }) => {
    const seen = { one: 0, other: 0, stopped: 0 }
    const stops = [one.watch(() => seen.one++), other.watch(() => seen.other++)]
    other.watch(() => seen.stopped++)()
    await one.put(entry('a'), line('a'), 'new')
    assert.ok(await becomes(() => seen.one > 0 && seen.other > 0, 1000), JSON.stringify(seen))
    for (const stop of stops) stop()
    const before = { ...seen }
    await one.put(entry('b'), line('b'), 'new')
    await wait(400)
    assert.deepEqual(seen, before)
    assert.equal(seen.stopped, 0)
  })
}
