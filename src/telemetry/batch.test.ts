import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallRecord } from '../core/record.ts'
import { createBatch, oneByOne } from './batch.ts'

const recordOf = (id: number): CallRecord => ({ id: String(id) }) as CallRecord

const setUp = () => {
  const told: string[] = []
  const batch = createBatch([oneByOne(({ id }) => told.push(`a${id}`)), oneByOne(({ id }) => told.push(`b${id}`))])
  return { told, batch }
}

describe('batch', () => {
  test('tells every sink of every record, in order, when it is flushed', () => {
    const { told, batch } = setUp()
    batch.sink(recordOf(1))
    batch.sink(recordOf(2))
    assert.deepEqual(told, [])
    batch.flush()
    batch.flush()
    assert.deepEqual(told, ['a1', 'a2', 'b1', 'b2'])
  })

  test('does not wait longer than a moment, nor for more than its bound', async () => {
    const { told, batch } = setUp()
    for (let id = 0; id < 64; id++) batch.sink(recordOf(id))
    assert.equal(told.length, 128)
    batch.sink(recordOf(64))
    await sleep(200)
    assert.equal(told.length, 130)
  })
})
