import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { batchOf, becomesTrue, leaseOf, listenTo, standingOf, wantOf } from '../../testing/ledger-suite-parts.ts'
import type { LedgerStore } from '../store.ts'
import { createSqliteStore } from './index.ts'

const module = (name: string): string => JSON.stringify(String(new URL(name, import.meta.url)))

/** A program that has `ledger`, a store on the file, and the words of the tests. */
const programOf = (path: string, text: string): string => `
  import { createSqliteStore } from ${module('./index.ts')}
  import { batchOf, leaseOf, wantOf } from ${module('../../testing/ledger-suite-parts.ts')}
  const store = await createSqliteStore(${JSON.stringify(path)})
  const { ledger } = store
  const stay = () => setInterval(() => {}, 1_000)
  ${text}`

interface Child extends Disposable {
  readonly process: ChildProcess
  /** The next line it prints. */
  line(): Promise<string>
}

const start = (path: string, text: string): Child => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', programOf(path, text)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    line: async () => {
      const { value, done } = await lines.next()
      assert.ok(!done, 'it prints a line')
      return value
    },
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  }
}

const onFile = async (work: (path: string, ledger: LedgerStore) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-processes-'))
  const path = join(folder, 'tollgate.db')
  const store = await createSqliteStore(path)
  try {
    await work(path, store.ledger)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

describe('processes that share a file', { timeout: 60_000 }, () => {
  it('spend a budget to the unit together, never more', () =>
    onFile(async (path, ledger) => {
      const program = `
        let served = 0, sequence = 0
        const visit = async () => {
          const answer = await ledger.lease([wantOf({ limit: 500n, least: 1n, wish: 1n })])
          if (!answer.ok) return
          served++
          await ledger.settle(batchOf(++sequence, { bookings: [{ slice: answer.slices[0].id, used: 1n, back: 0n }] }))
        }
        for (let turn = 0; turn < 20; turn++) await Promise.all(Array.from({ length: 20 }, visit))
        await store.close()
        console.log(served)`
      using one = start(path, program)
      using other = start(path, program)
      const served = Number(await one.line()) + Number(await other.line())
      assert.equal(served, 500)
      assert.deepEqual(await standingOf(ledger), { settled: 500n, leased: 0n, lost: 0n })
    }))

  it('charge as lost what one held that was killed, at once where they see that it is gone', () =>
    onFile(async (path, ledger) => {
      listenTo(ledger)
      using child = start(
        path,
        `await leaseOf(ledger, { wish: 60n })
         await ledger.settle(batchOf(1, { charges: [], bookings: [] }))
         console.log('holds')
         stay()`,
      )
      await child.line()
      assert.deepEqual(await standingOf(ledger), { settled: 0n, leased: 60n, lost: 0n })
      child.process.kill('SIGKILL')
      await once(child.process, 'exit')
      await becomesTrue(async () => (await standingOf(ledger)).lost === 60n, 4_000)
      assert.deepEqual(await standingOf(ledger), { settled: 60n, leased: 0n, lost: 60n })
      assert.equal((await leaseOf(ledger, { wish: 100n })).amount, 40n)
    }))

  it('see what a killed one left also when they start later', () =>
    onFile(async (path, ledger) => {
      using child = start(path, `await leaseOf(ledger, { wish: 60n }); console.log('holds'); stay()`)
      await child.line()
      child.process.kill('SIGKILL')
      await once(child.process, 'exit')
      const later = await createSqliteStore(path)
      await later.close()
      assert.deepEqual(await standingOf(ledger), { settled: 60n, leased: 0n, lost: 60n })
    }))

  it('charge what one holds that is frozen, and take its bookings when it thaws', () =>
    onFile(async (path, ledger) => {
      listenTo(ledger)
      using child = start(
        path,
        `const slice = await leaseOf(ledger, { wish: 60n })
         ledger.listen({ recall() {}, crossed() {}, fenced: async () => {
           await ledger.settle(batchOf(1, { bookings: [{ slice: slice.id, used: 25n, back: 35n }] }))
           console.log('booked')
         } })
         console.log('holds')
         stay()`,
      )
      await child.line()
      await becomesTrue(() => ledger.processes === 2)
      child.process.kill('SIGSTOP')
      await becomesTrue(async () => (await standingOf(ledger)).lost === 60n, 8_000)
      assert.equal(ledger.processes, 1)
      child.process.kill('SIGCONT')
      assert.equal(await child.line(), 'booked')
      assert.deepEqual(await standingOf(ledger), { settled: 25n, leased: 0n, lost: 0n })
      await becomesTrue(() => ledger.processes === 2)
    }))

  it('end by themselves when nobody waits for their store', () =>
    onFile(async (path, ledger) => {
      using child = start(path, `await leaseOf(ledger); console.log('holds')`)
      await child.line()
      const [code] = child.process.exitCode === null ? await once(child.process, 'exit') : [child.process.exitCode]
      assert.equal(code, 0)
      assert.ok((await ledger.lease([wantOf()])).ok)
      await ledger.settle(batchOf(1))
    }))
})
