import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLosses } from './job-rules.ts'

test('jobs that lost their worker twice begin one after the other, so that the guilty one is soon alone', () => {
  const loss = createLosses(3, 1_000)
  assert.deepEqual([loss(1).state, loss(1).runAt], ['queued', undefined])
  assert.deepEqual([loss(2).runAt, loss(2).runAt, loss(1).runAt, loss(2).runAt], [1_000, 6_000, undefined, 11_000])
  assert.deepEqual([loss(3).state, loss(3).dead], ['failed', 'poison'])
})

test('where few crashes are allowed, a job ends at the last of them', () => {
  const loss = createLosses(1, 1_000)
  assert.equal(loss(1).dead, 'poison')
  const two = createLosses(2, 1_000)
  assert.deepEqual([two(1).runAt, two(2).dead], [undefined, 'poison'])
})
