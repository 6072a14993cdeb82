import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../core/errors.ts'
import type { FileFacts, FileStore } from '../stores/file-store.ts'
import { hostileNames } from './control-store-suite.ts'

/** One store of files as two processes have it. */
export interface OpenedFiles {
  readonly one: FileStore
  readonly other: FileStore
  /** Moves the store's clock on. */
  pass(ms: number): void
  close(): Promise<void>
}

const factsOf = (more: Partial<FileFacts> = {}): FileFacts => ({
  owner: 'team:shop',
  name: 'questions.jsonl',
  contentType: 'application/jsonl',
  purpose: 'batch',
  expiresAt: undefined,
  ...more,
})

const much = 1_000_000
const dayMs = 86_400_000
const add = (files: FileStore, more?: Partial<FileFacts>, text = 'words') =>
  files.add(factsOf(more), Buffer.from(text), much)
const idsOf = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id)
const all = { owner: 'team:shop', limit: 1_000 }

type Check = (behaviour: string, body: (opened: OpenedFiles) => Promise<void>) => void

/** What every store of files does, checked. */
export const fileStoreSuite = (name: string, open: () => Promise<OpenedFiles>): void => {
  const check: Check = (behaviour, body) => {
    it(behaviour, async () => {
      const opened = await open()
      try {
        await body(opened)
      } finally {
        await opened.close()
      }
    })
  }
  describe(`${name}: bytes`, () => bytes(check))
  describe(`${name}: uploads that fail`, () => failing(check))
  describe(`${name}: owners and lists`, () => lists(check))
  describe(`${name}: ends`, () => ends(check))
}

const bytes = (check: Check): void => {
  check('come back as they were given, to every process', async ({ one, other }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 5 }), async (parts) => {
        const whole = Buffer.concat(parts)
        const file = await one.add(factsOf(), Readable.from(parts.map((part) => Buffer.from(part))), much)
        assert.equal(file.size, whole.length)
        assert.equal(file.sha256, createHash('sha256').update(whole).digest('hex'))
        assert.ok((await buffer(await other.read(file.id))).equals(whole))
        assert.deepEqual(await other.find(file.id), file)
      }),
      { numRuns: 20 },
    )
  })

  check('that look like what is written behind them are only bytes', async ({ one }) => {
    const inner = await add(one)
    const forged = Buffer.concat([Buffer.from(JSON.stringify({ ...inner, owner: 'team:other' })), randomBytes(4)])
    const bytes = Buffer.concat([forged, Buffer.from('tollgate')])
    const file = await one.add(factsOf(), bytes, much)
    assert.equal((await one.find(file.id))?.owner, 'team:shop')
    assert.ok((await buffer(await one.read(file.id))).equals(bytes))
  })

  check('may be named anything, which chooses no place', async ({ one, other }) => {
    for (const name of [...hostileNames, '../../etc/passwd', '/etc/passwd', 'a\0b', 'x'.repeat(255)]) {
      const { id } = await add(one, { name, contentType: name, purpose: name, owner: name })
      assert.match(id, /^file-[\da-v]{24}$/)
      assert.equal((await other.find(id, name))?.name, name)
    }
  })

  check('are asked for what they are when they are all there', async ({ one }) => {
    const told: string[] = []
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('a')
        told.push('bytes')
      })(),
    )
    const facts = (): FileFacts => {
      told.push('facts')
      return factsOf({ purpose: 'vision' })
    }
    assert.equal((await one.add(facts, source, much)).purpose, 'vision')
    assert.deepEqual(told, ['bytes', 'facts'])
  })
}

const failing = (check: Check): void => {
  const leavesNothing = async (files: FileStore): Promise<void> => assert.deepEqual(await files.list(all), [])

  check('by their size leave nothing', async ({ one }) => {
    const exact = await one.add(factsOf(), Buffer.alloc(100), 100)
    await one.remove(exact.id)
    await assert.rejects(one.add(factsOf(), Buffer.alloc(101), 100), { code: 'too_large' })
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1_000)
      })(),
    )
    await assert.rejects(one.add(factsOf(), endless, 10_000), { code: 'too_large' })
    assert.ok(endless.destroyed)
    await leavesNothing(one)
  })

  check('with their source, or by what they are, tell that and leave nothing', async ({ one }) => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new GatewayError('cancelled', 'The caller went away.')
      })(),
    )
    await assert.rejects(one.add(factsOf(), broken, much), { code: 'cancelled' })
    const refuse = (): never => {
      throw new GatewayError('invalid_request', 'It has no purpose.')
    }
    await assert.rejects(one.add(refuse, Buffer.from('whole'), much), { code: 'invalid_request' })
    await leavesNothing(one)
  })
}

const lists = (check: Check): void => {
  check('show an owner its own files only', async ({ one, other }) => {
    const mine = await add(one)
    await add(one, { owner: 'team:other' })
    assert.deepEqual(idsOf(await other.list(all)), [mine.id])
    assert.equal(await other.find(mine.id, 'team:other'), undefined)
    assert.equal(await other.remove(mine.id, 'team:other'), false)
    assert.equal((await other.find(mine.id, 'team:shop'))?.id, mine.id)
  })

  check('go from the newest to the oldest, or back, page by page', async ({ one, pass }) => {
    const ids: string[] = []
    for (let index = 0; index < 7; index++) {
      ids.unshift((await add(one, { purpose: index % 2 ? 'batch' : 'vision' })).id)
      pass(index % 3)
    }
    assert.deepEqual(idsOf(await one.list(all)), ids)
    const page = await one.list({ ...all, limit: 3, after: ids[1] })
    assert.deepEqual(idsOf(page), ids.slice(2, 5))
    assert.deepEqual(
      idsOf(await one.list({ ...all, isOldestFirst: true, after: ids[4] })),
      ids.slice(0, 4).toReversed(),
    )
    assert.equal((await one.list({ ...all, purpose: 'batch' })).length, 3)
  })

  check('leave out what belongs to jobs', async ({ one }) => {
    const { id } = await add(one, { purpose: 'job' })
    assert.deepEqual(await one.list(all), [])
    assert.equal((await one.find(id, 'team:shop'))?.purpose, 'job')
  })

  check('know nothing of names that are none', async ({ one }) => {
    for (const id of [
      ...hostileNames,
      '',
      'file-',
      '../incoming',
      `file-${'a'.repeat(24)}`,
      `file-${'/'.repeat(24)}`,
    ]) {
      assert.equal(await one.find(id), undefined)
      assert.equal(await one.remove(id), false)
      await assert.rejects(one.read(id), { code: 'not_found' })
    }
  })
}

const ends = (check: Check): void => {
  check('come by removing, once', async ({ one, other }) => {
    const { id } = await add(one)
    const removed = await Promise.all([one.remove(id), other.remove(id)])
    assert.deepEqual(removed.toSorted(), [false, true])
    assert.equal(await one.find(id), undefined)
  })

  check('come with their time, whether anybody tidies or not', async ({ one, other, pass }) => {
    const now = (await add(one)).createdAt
    const short = await add(one, { expiresAt: now + dayMs })
    const long = await add(one, { expiresAt: now + 2 * dayMs })
    assert.equal(await other.tidy(), 0)
    pass(dayMs)
    assert.equal(await one.find(short.id), undefined)
    await assert.rejects(one.read(short.id), { code: 'not_found' })
    assert.equal((await one.list(all)).length, 2)
    assert.equal(await other.tidy(), 1)
    assert.equal(await other.tidy(), 0)
    assert.equal((await one.find(long.id))?.expiresAt, now + 2 * dayMs)
  })

  check('do not cut off who reads', async ({ one, other }) => {
    const whole = randomBytes(500_000)
    const { id } = await one.add(factsOf(), whole, much)
    const reading = await one.read(id)
    await other.remove(id)
    assert.ok((await buffer(reading)).equals(whole))
  })
}
