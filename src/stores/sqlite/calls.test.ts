import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { callStoreSuite } from '../../testing/call-store-suite.ts'
import { openCallsHere } from '../../testing/calls-here.ts'
import { addEntries, entriesBegin, manyEntries, sampleEntry } from '../../testing/sample-entries.ts'
import { mostCells } from '../call-cells.ts'
import type { CallRetention, CallStore } from '../call-store.ts'
import { openCallReader } from './call-desk.ts'
import { createSqliteCalls } from './calls.ts'

const hourMs = 3_600_000

interface Folder {
  readonly path: string
  readonly warnings: string[]
  open(keep?: Partial<CallRetention>): ReturnType<typeof createSqliteCalls>
  end(): Promise<void>
}

const openFolder = async (): Promise<Folder> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-calls-'))
  const path = join(folder, 'tollgate-calls.db')
  const warnings: string[] = []
  return {
    path,
    warnings,
    open: (keep = {}) =>
      createSqliteCalls({
        path,
        keep: { keepMs: hourMs, mostBytes: undefined, ...keep },
        warn: (message) => warnings.push(message),
      }),
    end: () => rm(folder, { recursive: true, force: true }),
  }
}

const inFolder = (work: (folder: Folder) => Promise<void>) => async (): Promise<void> => {
  const folder = await openFolder()
  try {
    await work(folder)
  } finally {
    await folder.end()
  }
}

callStoreSuite('A file of SQLite', async () => {
  const folder = await openFolder()
  const calls = openCallsHere(folder.path)
  return {
    calls,
    close: async () => {
      await calls.close()
      await folder.end()
    },
  }
})

const figuresOf = (calls: CallStore, where = {}) =>
  calls.figures({ from: entriesBegin, to: entriesBegin + hourMs, step: 'minute', where })

describe('calls in a file', () => {
  for (const [state, content] of [
    ['is not there', undefined],
    ['was not begun', ''],
  ] as const)
    it(`that ${state} is not in use, and says so`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tollgate-calls-'))
      const path = join(folder, 'tollgate-calls.db')
      if (content !== undefined) await writeFile(path, content)
      const { procedures, close } = openCallReader({ role: 'calls-reader', path, keys: [] })
      const expected = { code: 'store_unavailable', message: 'The file of calls is not in use.' }
      assert.throws(() => procedures.find('a'), expected)
      close()
      await rm(folder, { recursive: true })
    })

  it(
    'outlive a restart, and come from several processes',
    inFolder(async ({ open }) => {
      const [one, other] = [await open(), await open()]
      const entries = manyEntries(400)
      await Promise.all([addEntries(one, entries.slice(0, 200)), addEntries(other, entries.slice(200))])
      assert.equal((await figuresOf(one)).total.counts.calls, 400)
      await one.close()
      await other.close()
      const again = await open()
      assert.equal((await figuresOf(again)).total.counts.calls, 400)
      assert.equal((await again.find('call-1-399'))?.id, 'call-1-399')
      await again.close()
    }),
  )

  it(
    'begin anew beside a broken file, which is set aside with a warning',
    inFolder(async ({ path, open, warnings }) => {
      await writeFile(path, 'this is no database'.repeat(1_000))
      const calls = await open()
      await addEntries(calls, [sampleEntry()])
      assert.equal((await calls.find('call-1'))?.id, 'call-1')
      assert.equal(warnings.length, 1)
      const names = await readdir(join(path, '..'))
      assert.ok(names.some((name) => name.includes('.broken-')))
      await calls.close()
    }),
  )

  it(
    'leave a file alone that is the store',
    inFolder(async ({ path, open, warnings }) => {
      const { createSqliteStore } = await import('./index.ts')
      await (await createSqliteStore(path)).close()
      const calls = await open()
      await assert.rejects(addEntries(calls, [sampleEntry()]), { code: 'store_unavailable' })
      assert.equal(warnings.length, 1)
      await calls.close()
      await (await createSqliteStore(path)).close()
    }),
  )

  it(
    'give way to newer ones where their file may grow no more',
    inFolder(async ({ path }) => {
      const calls = openCallsHere(path, { mostBytes: 900_000 })
      for (let round = 0; round < 40; round++) {
        const entries = manyEntries(100, { seed: round + 1, minutes: 1 })
        await addEntries(
          calls,
          entries.map((entry) => ({ ...entry, startedAt: entry.startedAt + round * 60_000 })),
        )
      }
      for (let isMore = true; isMore; ) isMore = await calls.retain(entriesBegin + hourMs / 2)
      const { entries } = await calls.list({ from: 0, to: entriesBegin + hourMs, where: {}, limit: 4_000 })
      assert.ok(entries.length < 3_000 && entries.length > 0)
      assert.equal((await figuresOf(calls)).total.counts.calls, 4_000)
      await calls.close()
    }),
  )

  it(
    'are told apart by key also where there are more keys than cells',
    inFolder(async ({ path }) => {
      const calls = openCallsHere(path)
      const many = mostCells + 500
      await addEntries(
        calls,
        Array.from({ length: many }, (_, index) => sampleEntry({ id: `c${index}`, key: `key-${index}` })),
      )
      await addEntries(calls, [sampleEntry({ key: `key-${many - 1}` })])
      await calls.retain(entriesBegin)
      assert.equal((await figuresOf(calls)).total.counts.calls, many + 1)
      assert.equal((await figuresOf(calls, { key: `key-${many - 1}` })).total.counts.calls, 2)
      await calls.close()
    }),
  )

  it(
    'are found by names that nearly each has another of, entered or not yet, and not when they are gone',
    inFolder(async ({ path }) => {
      const calls = openCallsHere(path)
      const count = 9_000
      const entries = Array.from({ length: count }, (_, index) =>
        sampleEntry({ id: `call-${index}`, endUser: `user-${index % 3_000}`, startedAt: entriesBegin + index }),
      )
      for (let from = 0; from < count; from += 500) await addEntries(calls, entries.slice(from, from + 500))
      for (const index of [0, 8_191, 8_192, 8_999])
        assert.equal((await calls.find(`call-${index}`))?.id, `call-${index}`)
      const listed = async () => {
        const where = { endUser: 'user-2999' }
        const { entries: found } = await calls.list({ from: 0, to: entriesBegin + hourMs, where, limit: 9 })
        return found.map(({ id }) => id)
      }
      assert.deepEqual(await listed(), ['call-8999', 'call-5999', 'call-2999'])
      for (let isMore = true; isMore; ) isMore = await calls.retain(entriesBegin + hourMs + 6_000)
      assert.deepEqual(await listed(), ['call-8999'])
      assert.equal(await calls.find('call-0'), undefined)
      await calls.close()
    }),
  )
})
