import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overspend } from './overspend.ts'

describe('a thousand calls of a cent against a dollar', () => {
  for (const processes of [1, 2, 3])
    for (let repetition = 1; repetition <= 20; repetition++)
      it(`from ${processes} processes, time ${repetition}: a hundred are served at most, and 98 at least`, async () => {
        const stream = repetition % 2 === 0
        const { served, denied, other, paid } = await overspend({ processes, calls: 1000, usd: 1, stream })
        assert.deepEqual(other, [])
        assert.equal(paid, served)
        assert.ok(served >= 98 && served <= 100, `${served} were served`)
        assert.equal(served + denied, 1000)
      })

  for (let seed = 1; seed <= 20; seed++)
    it(`with callers that leave and targets that fail, seed ${seed}: never more than a dollar`, async () => {
      const { paid } = await overspend({
        processes: 2,
        calls: 600,
        usd: 1,
        stream: seed % 2 === 0,
        trouble: true,
        seed,
      })
      assert.ok(paid <= 100, `${paid} were paid for`)
    })

  for (let seed = 1; seed <= 10; seed++)
    it(`with enough for everybody, seed ${seed}: nobody is refused`, async () => {
      const { denied } = await overspend({ processes: 2, calls: 300, usd: 100, trouble: true, seed })
      assert.equal(denied, 0)
    })
})
