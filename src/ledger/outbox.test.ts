import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { LedgerLine } from '../core/ledger-line.ts'
import { Stop } from '../core/stop.ts'
import type { Batch } from '../stores/store.ts'
import { allowanceOf, askOf, LedgerTime, ledgerRig, type Member } from '../testing/ledger-rig.ts'
import { Outbox } from './outbox.ts'

const line = (call: string, at = 1_000): LedgerLine => ({
  call,
  ordinal: 1,
  at,
  durationMs: 5,
  key: 'web',
  model: 'chat',
  target: 'openai/gpt',
  operation: 'chat',
  stream: false,
  outcome: 'ok',
})

const budget = allowanceOf()

/** An outbox on a store that keeps what it is sent. */
const opened = () => {
  const time = new LedgerTime()
  const { members } = ledgerRig(1, time)
  const { troubles } = members[0] as Member
  const sent: Batch[] = []
  const store = {
    ...troubles.ledger,
    processes: 1,
    settle: async (batch: Batch) => {
      sent.push(batch)
      if (troubles.settleFails) throw troubles.settleFails
    },
  }
  return { time, troubles, sent, outbox: new Outbox(store, time.alarm) }
}

describe('the outbox', () => {
  it('gathers lines and charges for a fifth of a second and sends them as one batch', async () => {
    const { time, sent, outbox } = opened()
    outbox.write(line('one', 30))
    outbox.charge(budget, 'key:web', 2n)
    await time.pass(100)
    outbox.write(line('two', 10))
    outbox.charge(budget, 'key:web', 3n)
    assert.equal(sent.length, 0)
    await time.pass(100)
    assert.equal(sent.length, 1)
    const [batch] = sent
    assert.deepEqual(
      batch?.lines
        .split('\n')
        .filter(Boolean)
        .map((text) => JSON.parse(text).call),
      ['one', 'two'],
    )
    assert.ok(batch?.lines.endsWith('\n'))
    assert.deepEqual([batch?.count, batch?.from, batch?.to, batch?.sequence], [2, 10, 30, 1])
    assert.deepEqual(
      batch?.charges.map(({ allowance, used }) => [allowance, used]),
      [['budget', 5n]],
    )
    assert.equal(outbox.isEmpty, true)
  })

  it('does not let 4,000 lines wait', async () => {
    const { time, sent, outbox } = opened()
    for (let count = 0; count < 4_000; count++) outbox.write(line(`${count}`))
    await time.pass(0)
    assert.deepEqual(
      sent.map(({ count }) => count),
      [4_000],
    )
  })

  it('tries the same batch again after pauses that grow, and drops nothing', async () => {
    const { time, troubles, sent, outbox } = opened()
    troubles.settleFails = new Error('The disk is full.')
    outbox.write(line('one'))
    const moments: number[] = []
    let seen = 0
    for (let ms = 0; ms < 8_000; ms += 10) {
      await time.pass(10)
      if (sent.length > seen) moments.push(ms + 10)
      seen = sent.length
    }
    assert.deepEqual(
      moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0)),
      [50, 100, 200, 400, 800, 1_600, 2_000, 2_000],
    )
    outbox.write(line('two'))
    troubles.settleFails = undefined
    const flushed = outbox.flush()
    await time.pass(2_100)
    await flushed
    assert.ok(sent.slice(0, -1).every(({ sequence }) => sequence === 1))
    assert.deepEqual([sent.at(-1)?.sequence, sent.at(-1)?.lines.includes('"two"')], [2, true])
    assert.equal(outbox.waitingLines, 0)
  })

  it('sends one batch at a time, in order', async () => {
    const { time, sent, outbox } = opened()
    for (let batch = 0; batch < 5; batch++) {
      outbox.write(line(`${batch}`))
      outbox.cut()
    }
    assert.equal(sent.length, 1)
    await time.pass(0)
    assert.deepEqual(
      sent.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5],
    )
  })
})

describe('a ledger whose store takes no lines', () => {
  it('gives out no money once more than 100,000 wait, and goes on when they are gone', async () => {
    const rig = ledgerRig(1)
    const { ledger, troubles } = rig.members[0] as Member
    const never = new Stop()
    const opening = await ledger.hold([askOf(budget, 10n)], never)
    opening.release()
    troubles.settleFails = new Error('The disk is full.')
    for (let count = 0; count <= 100_000; count++) ledger.write(line('x'))
    assert.throws(() => ledger.hold([askOf(budget, 1n)], never), { code: 'store_unavailable' })
    const requests = allowanceOf({ id: 'requests', unit: 'requests' })
    assert.ok(await ledger.hold([askOf(requests, 1n)], never))
    troubles.settleFails = undefined
    await rig.time.pass(5_000)
    assert.equal(ledger.figures.waitingLines, 0)
    ;(await ledger.hold([askOf(budget, 1n)], never)).release()
  })
})
