import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { eventsIn } from './events.ts'

const text =
  'event: tick\ndata: {"calls":3}\n\n: a sign of life\n\ndata: {"a":\ndata: 1}\n\nevent: call\r\ndata: "x"\r\n\r\ndata: [DONE]\n\nevent: late\ndata: 1'

const told = [
  ['tick', { calls: 3 }],
  [':', 'a sign of life'],
  ['message', { a: 1 }],
  ['call', 'x'],
  ['message', undefined],
]

describe('server-sent events', () => {
  test('are the same wherever the stream is cut, and what is not whole is not told', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const seen: unknown[] = []
        const take = eventsIn((event, data) => seen.push([event, data]))
        let from = 0
        for (const to of [...cuts.sort((one, other) => one - other), text.length]) {
          take(text.slice(from, to))
          from = to
        }
        assert.deepEqual(seen, told)
      }),
      { numRuns: 200 },
    )
  })
})
