import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { openCallsHere, withCallFile } from '../../testing/calls-here.ts'
import { addEntries, entriesBegin, sampleEntry } from '../../testing/sample-entries.ts'
import type { CallFilter, CallStore } from '../call-store.ts'
import { candidatesOf } from './call-names.ts'

const hourMs = 3_600_000

const write = async (calls: CallStore, count: number): Promise<void> => {
  const entries = Array.from({ length: count }, (_, index) =>
    sampleEntry({
      id: `call-${index}`,
      startedAt: entriesBegin + index,
      prompt: index % 2 === 0 ? 'often' : `rare-${index % 100}`,
      session: `session-${Math.floor(index / 3)}`,
      parent: index % 1_000 === 0 ? 'parent' : undefined,
    }),
  )
  for (let from = 0; from < count; from += 2_000) await addEntries(calls, entries.slice(from, from + 2_000))
}

describe('calls by their names', () => {
  it(
    'are found in every batch in which they were entered, and after it',
    withCallFile(async (path) => {
      const calls = openCallsHere(path)
      await write(calls, 26_000)
      const countOf = async (where: CallFilter): Promise<number> => {
        const { entries } = await calls.list({ from: 0, to: entriesBegin + hourMs, where, limit: 26_000 })
        return entries.length
      }
      assert.equal((await calls.find('call-25999'))?.id, 'call-25999')
      assert.equal(await countOf({ session: 'session-4000' }), 3)
      assert.equal(await countOf({ parent: 'parent' }), 26)
      assert.equal(await countOf({ prompt: 'rare-7' }), 260)
      assert.equal(await countOf({ prompt: 'often' }), 13_000)
      assert.equal(await countOf({ prompt: 'never' }), 0)
      await calls.close()
    }),
  )

  it(
    'are candidates where they are few, and all calls of a batch where they are many there',
    withCallFile(async (path) => {
      const calls = openCallsHere(path)
      await write(calls, 26_000)
      const database = new Database(path, { readonly: true })
      const candidates = (where: CallFilter): number | undefined => {
        const found = candidatesOf(database, where)
        return found && JSON.parse(String(found.values[0])).length
      }
      assert.equal(candidates({ session: 'session-4000' }), 3)
      assert.equal(candidates({ prompt: 'rare-7' }), 246)
      assert.equal(candidates({ prompt: 'often' }), undefined)
      assert.equal(candidates({ model: 'chat' }), undefined)
      database.close()
      await calls.close()
    }),
  )
})
