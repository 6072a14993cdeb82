import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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
})
