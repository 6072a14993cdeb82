import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Stop } from './stop.ts'

describe('stop', () => {
  test('tells every listener once, functions and objects, in order', () => {
    const heard: string[] = []
    const stop = new Stop()
    stop.addEventListener('abort', () => heard.push('function'))
    stop.addEventListener('abort', { handleEvent: () => heard.push('object') })
    stop.abort('first')
    stop.abort('second')
    assert.deepEqual(heard, ['function', 'object'])
    assert.deepEqual([stop.aborted, stop.reason], [true, 'first'])
  })

  test('does not tell a listener that was removed, nor one that came too late', () => {
    const heard: string[] = []
    const stop = new Stop()
    const removed = (): void => void heard.push('removed')
    stop.addEventListener('abort', removed)
    stop.removeEventListener('abort', removed)
    stop.abort('now')
    stop.addEventListener('abort', () => heard.push('late'))
    assert.deepEqual(heard, [])
  })

  test('a listener may remove another while it is told', () => {
    const heard: string[] = []
    const stop = new Stop()
    const second = (): void => void heard.push('second')
    stop.addEventListener('abort', () => stop.removeEventListener('abort', second))
    stop.addEventListener('abort', second)
    stop.abort('now')
    assert.deepEqual(heard, ['second'])
  })

  test('tells in the order of a list, whatever was added and removed before', () => {
    const step = fc.record({ listener: fc.integer({ min: 0, max: 4 }), adds: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const heard: number[] = []
        const listeners = Array.from({ length: 5 }, (_, index) => (): void => void heard.push(index))
        const expected: number[] = []
        const stop = new Stop()
        for (const { listener, adds } of steps) {
          const act = listeners[listener] as () => void
          if (adds) stop.addEventListener('abort', act)
          else stop.removeEventListener('abort', act)
          const at = expected.lastIndexOf(listener)
          if (adds) expected.push(listener)
          else if (at !== -1) expected.splice(at, 1)
        }
        stop.abort('now')
        assert.deepEqual(heard, expected)
      }),
    )
  })
})
