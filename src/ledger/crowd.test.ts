import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { LedgerLine } from '../core/ledger-line.ts'
import { createMemoryBank } from '../stores/memory/index.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { allowanceOf, askOf, holdOrNot } from '../testing/ledger-rig.ts'
import { createLedger } from './create-ledger.ts'

const dollar = allowanceOf({ limit: 1_000_000_000n })
const cent = 10_000_000n

/** So many ledgers on one memory, in real time. */
const ledgers = (count: number) => {
  const bank = createMemoryBank()
  const members = Array.from({ length: count }, () => createLedger({ store: bank.open() }))
  const standing = async () => bank.open().ledger.standing(dollar.id, dollar.scope, dollar.window)
  return { members, standing, close: () => Promise.all(members.map((member) => member.close())) }
}

describe('a crowd of a thousand that asks for a hundredth each', () => {
  for (const count of [1, 2, 3])
    it(`is given a hundred of them by ${count}, and not one more`, async () => {
      const { members, standing, close } = ledgers(count)
      const holds = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) => {
          const member = members[index % count]
          return member && holdOrNot(member, [askOf(dollar, cent)])
        }),
      )
      const given = holds.filter((hold) => hold !== undefined)
      assert.ok(given.length <= 100, `${given.length} were given`)
      assert.ok(given.length >= 98, `only ${given.length} were given`)
      const leases = members.reduce((sum, { figures }) => sum + figures.leases, 0)
      assert.ok(leases <= 60 * count, `${leases} leases`)
      for (const hold of given) hold.settle([cent])
      await close()
      const { settled, leased } = (await standing()) ?? {}
      assert.deepEqual([settled, leased], [cent * BigInt(given.length), 0n])
    })

  it('gets all of it in the end when half of what is held comes back', async () => {
    const { members, standing, close } = ledgers(2)
    let spent = 0n
    const visit = async (index: number): Promise<void> => {
      const member = members[index % 2]
      const hold = member && (await holdOrNot(member, [askOf(dollar, cent)]))
      await new Promise((resolve) => setImmediate(resolve))
      if (!hold) return
      hold.settle([cent / 2n])
      spent += cent / 2n
    }
    const end = performance.now() + 5_000
    while (spent < (dollar.limit * 98n) / 100n && performance.now() < end)
      await Promise.all(Array.from({ length: 20 }, (_, index) => visit(index)))
    await close()
    assert.ok(spent >= (dollar.limit * 98n) / 100n, `${spent} were spent`)
    assert.equal((await standing())?.settled, spent)
    assert.ok(spent <= dollar.limit)
  })
})

describe('a crowd at a file of SQLite', () => {
  it('is given no more by two ledgers than there is, and the lines are there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-crowd-'))
    const path = join(folder, 'tollgate.db')
    const stores = [await createSqliteStore(path), await createSqliteStore(path)]
    const members = stores.map((store) => createLedger({ store }))
    try {
      const given = await Promise.all(
        Array.from({ length: 400 }, async (_, index) => {
          const member = members[index % 2]
          const hold = member && (await holdOrNot(member, [askOf(dollar, cent)]))
          if (!hold) return 0
          hold.settle([cent])
          member.write({ ...line, call: `${index}`, cost: cent.toString() })
          return 1
        }),
      )
      await Promise.all(members.map((member) => member.close()))
      const count = given.filter((each) => each === 1).length
      assert.ok(count >= 98 && count <= 100, `${count} were given`)
      const [store] = stores
      const standing = await store?.ledger.standing(dollar.id, dollar.scope, dollar.window)
      assert.deepEqual([standing?.settled, standing?.leased, standing?.lost], [cent * BigInt(count), 0n, 0n])
      const lines = await store?.reports.lines({ from: 0, to: Date.now() + 3_600_000, where: {}, limit: 1_000 })
      assert.equal(lines?.length, count)
    } finally {
      await Promise.all(stores.map((store) => store.close()))
      await rm(folder, { recursive: true, force: true })
    }
  })
})

const line: LedgerLine = {
  call: '',
  ordinal: 1,
  at: Date.now(),
  durationMs: 5,
  key: 'web',
  model: 'chat',
  target: 'openai/gpt',
  operation: 'chat',
  stream: false,
  outcome: 'ok',
}

describe('a crowd that asks for several allowances', () => {
  it('ends, whatever order they stand in, and each ask is all or nothing', async () => {
    const { members, close } = ledgers(2)
    const kinds = ['a', 'b', 'c', 'd'].map((id, index) =>
      allowanceOf({ id, limit: BigInt(400 + 100 * index), scope: `team:${id}` }),
    )
    const given = new Map<string, number>()
    await Promise.all(
      Array.from({ length: 2_000 }, async (_, index) => {
        const asks = kinds.filter((_kind, at) => ((index * 7) >> at) % 2 === 0).map((allowance) => askOf(allowance, 1n))
        const member = members[index % 2]
        const hold = member && (await holdOrNot(member, asks))
        if (!hold) return
        for (const { allowance } of asks) given.set(allowance.id, (given.get(allowance.id) ?? 0) + 1)
      }),
    )
    for (const { id, limit } of kinds) assert.ok((given.get(id) ?? 0) <= Number(limit))
    assert.ok((given.get('a') ?? 0) >= 392)
    await close()
  })
})
