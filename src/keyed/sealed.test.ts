import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sealed, unsealed } from './sealed.ts'

const secret = new Uint8Array(32).fill(1)
const bytes = fc.uint8Array({ maxLength: 200 })

describe('what is sealed', () => {
  it('opens in its place with its secret, and nowhere else', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (given, place) => {
        const closed = sealed(given, place, secret)
        assert.deepEqual(new Uint8Array(unsealed(closed, place, secret) ?? []), given)
        assert.equal(unsealed(closed, `${place}.`, secret), undefined)
        assert.equal(unsealed(closed, place, new Uint8Array(32).fill(2)), undefined)
      }),
    )
  })

  it('does not open when any of it was changed or is missing', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (given, at) => {
        const closed = sealed(given, 'place', secret)
        const changed = closed.slice()
        changed[at % changed.length] = (changed[at % changed.length] as number) ^ 1
        assert.equal(unsealed(new Uint8Array(changed), 'place', secret), undefined)
        assert.equal(unsealed(closed.subarray(0, at % closed.length), 'place', secret), undefined)
      }),
    )
  })

  it('shows nothing of what is in it', () => {
    const text = 'the answer that nobody may read'
    assert.ok(!Buffer.from(sealed(Buffer.from(text), 'place', secret)).includes('answer'))
  })
})
