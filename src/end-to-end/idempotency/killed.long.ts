import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Served } from '../../cli/spawned.ts'
import { seeded } from '../faults/harness.ts'
import { askOf, kill, startKeyedFleet, whole } from './killed.ts'
import { chat, numbered } from './rig.ts'

const body = chat('Hello.', true)
const withoutComments = (text: string): string => text.replace(/^: tollgate .*\n\n?/gm, '')

describe('servers that share a store', { timeout: 300_000 }, () => {
  it('ask once under a key that comes to both at the same time', async () => {
    await using keyed = await startKeyedFleet(2)
    const [one, other] = keyed.fleet.members as [Served, Served]
    keyed.upstream.always(numbered(keyed.upstream, { headDelayMs: 60 }))
    for (let round = 1; round <= 30; round++) {
      const asked = { body, key: `round ${round}` }
      const all = await Promise.all([one, other, one, other, other].map((member) => askOf(member, asked)))
      assert.equal(keyed.calls, round)
      assert.equal(all.filter((each) => whole(each).isReplay).length, 4)
      assert.equal(new Set(all.map((each) => withoutComments(whole(each).text))).size, 1)
    }
  })

  it('give what one of them answered when that one is killed', async () => {
    await using keyed = await startKeyedFleet(2)
    const [one, other] = keyed.fleet.members as [Served, Served]
    const first = whole(await askOf(one, { body, key: 'a key' }))
    await kill(one)
    const again = whole(await askOf(other, { body, key: 'a key' }))
    assert.ok(again.isReplay)
    assert.equal(withoutComments(again.text), withoutComments(first.text))
    assert.equal(keyed.calls, 1)
  })

  it('take over what one of them was asking when it was killed', async () => {
    await using keyed = await startKeyedFleet(2)
    const [one, other] = keyed.fleet.members as [Served, Served]
    keyed.upstream.script({ headDelayMs: 'forever' })
    const first = askOf(one, { body, key: 'a key' })
    await keyed.arrived(1)
    const second = askOf(other, { body, key: 'a key' })
    await sleep(300)
    assert.equal(keyed.calls, 1)
    await kill(one)
    assert.equal(await first, undefined)
    assert.equal(whole(await second).isReplay, false)
    assert.equal(keyed.calls, 2)
  })

  it('never ask again what a caller has seen to its end, wherever one is killed', async () => {
    await using keyed = await startKeyedFleet(1)
    const random = seeded(7)
    let member = keyed.fleet.members[0] as Served
    let seenWhole = 0
    for (let round = 1; round <= 12; round++) {
      keyed.upstream.always(numbered(keyed.upstream, { headDelayMs: 20, eventDelayMs: 10 }))
      const asked = { body, key: `round ${round}` }
      // From before the first byte to a moment after the last one.
      const delayMs = round % 3 === 0 ? undefined : random() * 150
      const asking = askOf(member, asked)
      const killing = delayMs === undefined ? asking.then(() => undefined) : sleep(delayMs)
      await killing
      await kill(member)
      const first = await asking
      const isWhole = first?.text.includes('[DONE]') === true
      if (isWhole) seenWhole++
      const before = keyed.calls
      member = await keyed.fleet.add()
      const again = whole(await askOf(member, asked))
      const third = whole(await askOf(member, asked))
      assert.ok(third.isReplay)
      assert.equal(withoutComments(third.text), withoutComments(again.text))
      if (isWhole) {
        assert.ok(again.isReplay, `round ${round}`)
        assert.equal(withoutComments(again.text), withoutComments(first?.text ?? ''))
      }
      assert.equal(keyed.calls, before + (again.isReplay ? 0 : 1))
    }
    assert.ok(seenWhole >= 4)
  })
})
