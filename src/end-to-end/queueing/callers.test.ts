import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigInput } from '../../config/schema.ts'
import { startRoutingRig } from '../routing/rig.ts'
import { answerAfter } from './rig.ts'

const key = 'sk-patient-0123456789'
const asPatient = { authorization: `Bearer ${key}` }

const withLimits = (limits: object): ConfigInput => ({ keys: [{ name: 'patient', key, limits }] })
const plain = { targets: ['one/m'], retry: { attempts: 1 } }

test('a key whose limits say so waits instead of being refused', async () => {
  await using rig = await startRoutingRig(plain, withLimits({ requests: '4/2s', onLimit: 'wait' }))
  rig.one.always(answerAfter(0))
  const answers = await Promise.all(Array.from({ length: 9 }, () => rig.ask({}, asPatient)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  )
  const waits = answers.map(({ headers }) => Number(headers.get('x-tollgate-queue-ms')))
  assert.ok(Math.max(...waits) >= 1_500 && Math.min(...waits) < 1_000, `${waits}`)
  assert.equal(answers[0]?.headers.get('x-ratelimit-limit-requests'), '4')
})

test('calls at once wait for each other', async () => {
  await using rig = await startRoutingRig(plain, withLimits({ concurrency: 1, onLimit: 'wait' }))
  rig.one.always(answerAfter(150))
  const began = performance.now()
  const answers = await Promise.all(Array.from({ length: 4 }, () => rig.ask({}, asPatient)))
  assert.ok(answers.every(({ status }) => status === 200))
  assert.ok(performance.now() - began >= 550)
})

test('a wait that would be too long is refused at once, as a limit of the caller', async () => {
  await using rig = await startRoutingRig(plain, withLimits({ requests: ['100/m', '2/d'], onLimit: 'wait' }))
  rig.one.always(answerAfter(0))
  const statuses: number[] = []
  const began = performance.now()
  for (let index = 0; index < 4; index++) statuses.push((await rig.ask({}, asPatient)).status)
  assert.deepEqual(statuses, [200, 200, 429, 429])
  assert.ok(performance.now() - began < 3_000)
})

test('limits that do not say so refuse as before', async () => {
  await using rig = await startRoutingRig(plain, withLimits({ requests: '1/m' }))
  rig.one.always(answerAfter(0))
  assert.equal((await rig.ask({}, asPatient)).status, 200)
  const { status, headers } = await rig.ask({}, asPatient)
  assert.equal(status, 429)
  assert.equal(headers.get('x-tollgate-queue-ms'), null)
})
