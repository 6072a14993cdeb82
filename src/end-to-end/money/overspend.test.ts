import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overspend } from './overspend.ts'

describe('a crowd and a budget', () => {
  for (const processes of [1, 2, 3])
    it(`a dollar buys a hundred calls of a cent from ${processes} processes, and not one more`, async () => {
      const { served, denied, other, paid } = await overspend({ processes, calls: 400, usd: 1 })
      assert.deepEqual(other, [])
      assert.ok(served <= 100, `${served} were served`)
      assert.ok(served >= 98, `only ${served} were served`)
      assert.equal(paid, served)
      assert.equal(served + denied, 400)
    })

  it('streams are counted alike', async () => {
    const { served, other, paid } = await overspend({ processes: 2, calls: 300, usd: 1, stream: true })
    assert.deepEqual(other, [])
    assert.ok(served >= 98 && served <= 100, `${served} were served`)
    assert.equal(paid, served)
  })

  it('who leaves, and what fails and is asked elsewhere, never costs more than the budget', async () => {
    const { paid } = await overspend({ processes: 2, calls: 400, usd: 1, stream: true, trouble: true, seed: 7 })
    assert.ok(paid <= 100)
    assert.ok(paid >= 90, `only ${paid} were paid for`)
  })

  it('a budget that covers everybody refuses nobody', async () => {
    const { denied } = await overspend({ processes: 2, calls: 200, usd: 100, trouble: true, seed: 3 })
    assert.equal(denied, 0)
  })
})
