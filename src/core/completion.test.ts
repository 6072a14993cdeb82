import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Completion } from './completion.ts'
import type { Delta } from './delta.ts'

const finish = (choice = 0, reason: 'stop' | 'length' | 'tool_calls' = 'stop'): Delta => ({
  kind: 'finish',
  choice,
  reason,
})
const args = (text: string, block = 0): Delta => ({ kind: 'tool_call', choice: 0, block, arguments: text })
const end: Delta = { kind: 'end' }

const seen = (...deltas: Delta[]): Completion => {
  const completion = new Completion()
  for (const delta of deltas) completion.see(delta)
  return completion
}

describe('completion', () => {
  test('an answer with a finish reason and an end mark is whole', () => {
    assert.equal(seen(finish(), end).missing(true), undefined)
  })

  test('without an end mark it is cut, unless the provider is known to send none', () => {
    assert.match(seen(finish()).missing(true) ?? '', /end mark/)
    assert.equal(seen(finish()).missing(false), undefined)
  })

  test('every choice that was seen needs its own finish reason', () => {
    const text: Delta = { kind: 'text', choice: 1, block: 0, text: 'x' }
    assert.match(seen(text, finish(0), end).missing(true) ?? '', /finish reason/)
    assert.equal(seen(text, finish(0), finish(1), end).missing(true), undefined)
  })

  test('tool arguments that are not closed make it cut, unless the model ran out of tokens', () => {
    assert.match(seen(args('{"a":'), finish(0, 'tool_calls'), end).missing(true) ?? '', /tool call/)
    assert.equal(seen(args('{"a":'), finish(0, 'length'), end).missing(true), undefined)
  })

  test('a tool call without arguments is closed', () => {
    assert.equal(seen(args(''), finish(0, 'tool_calls'), end).missing(true), undefined)
  })

  test('any JSON object cut anywhere but at its end counts as open', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, at) => {
        const text = JSON.stringify(value)
        const cut = 1 + (at % Math.max(1, text.length - 1))
        const whole = seen(args(text.slice(0, cut)), args(text.slice(cut)), finish(0, 'tool_calls'), end)
        assert.equal(whole.missing(true), undefined)
        if (cut === text.length) return
        assert.ok(seen(args(text.slice(0, cut)), finish(0, 'tool_calls'), end).missing(true))
      }),
    )
  })
})
