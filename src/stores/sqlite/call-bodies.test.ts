import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bodyStoreSuite, sampleBodies } from '../../testing/body-store-suite.ts'
import { openCallsHere, withCallFile } from '../../testing/calls-here.ts'
import { addEntries, entriesBegin, manyEntries } from '../../testing/sample-entries.ts'
import type { ObservedStore } from '../feedback-store.ts'
import type { BodyKeys } from './call-bodies.ts'

const keyOf = (id: string) => ({ id, key: new Uint8Array(32).fill(id.length) })

const openHere = (path: string, keys: BodyKeys = [], mostBytes?: number): ObservedStore =>
  openCallsHere(path, { bodiesMs: 1_800_000, mostBytes }, keys)

for (const keys of [[], [keyOf('a'), keyOf('bb')]])
  bodyStoreSuite(`A file of SQLite with ${keys.length} keys`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-bodies-'))
    const calls = openHere(join(folder, 'calls.db'), keys)
    return {
      calls,
      close: async () => {
        await calls.close()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })

const bytesOf = async (path: string): Promise<Buffer> => {
  const names = (await readdir(join(path, '..'))).map((name) => join(path, '..', name))
  return Buffer.concat(await Promise.all(names.map((name) => readFile(name))))
}

describe('what was said, in a file', () => {
  it(
    'cannot be read there when it is encrypted, and can be without',
    withCallFile(async (path) => {
      for (const [keys, isThere] of [
        [[keyOf('a')], false],
        [[], true],
      ] as const) {
        const calls = openHere(path, keys)
        await calls.bodies.put([sampleBodies({}, 'quintessence')])
        assert.equal((await bytesOf(path)).includes('quintessence'), isThere)
        await calls.close()
      }
    }),
  )

  it(
    'is read with any of the keys, and with none of them it is as if it were not there',
    withCallFile(async (path) => {
      const { of } = sampleBodies()
      const before = openHere(path, [keyOf('a')])
      await before.bodies.put([sampleBodies()])
      await before.close()
      for (const [keys, isThere] of [
        [[keyOf('bb'), keyOf('a')], true],
        [[keyOf('bb')], false],
        [[], false],
      ] as const) {
        const calls = openHere(path, keys)
        assert.equal((await calls.bodies.of(of)) !== undefined, isThere)
        await calls.close()
      }
    }),
  )

  const large = 'x'.repeat(4_000)
  const many = Array.from({ length: 250 }, (_, index) => sampleBodies({ call: `said-${index}` }, large))
  const oldest = sampleBodies({ call: 'said-0' }).of
  const newest = sampleBodies({ call: 'said-249' }).of
  const countOf = async (calls: ObservedStore): Promise<number> =>
    (await calls.list({ from: 0, to: entriesBegin + 3_600_000, where: {}, limit: 100 })).entries.length

  it(
    'makes room for what comes, as soon as the file has its size',
    withCallFile(async (path) => {
      const calls = openHere(path, [], 400_000)
      await addEntries(calls, manyEntries(50))
      for (let index = 0; index < many.length; index += 10) await calls.bodies.put(many.slice(index, index + 10))
      assert.equal(await calls.bodies.of(oldest), undefined)
      assert.ok(await calls.bodies.of(newest))
      assert.equal(await countOf(calls), 50)
      await calls.close()
    }),
  )

  it(
    'goes before the records where the file is to be smaller',
    withCallFile(async (path) => {
      const before = openHere(path)
      await addEntries(before, manyEntries(50))
      await before.bodies.put(many)
      await before.close()
      const calls = openHere(path, [], 400_000)
      while (await calls.retain(entriesBegin)) {}
      assert.equal(await calls.bodies.of(oldest), undefined)
      assert.equal(await countOf(calls), 50)
      await calls.close()
    }),
  )
})
