import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { alone } from './alone.ts'

const folder = await mkdtemp(join(tmpdir(), 'tollgate-alone-'))
after(() => rm(folder, { recursive: true }))
const file = join(folder, 'file.db')

test('leaves nothing behind, whatever the work came to', () => {
  assert.equal(
    alone(file, () => 5),
    5,
  )
  const failing = (): never => {
    throw new Error('no')
  }
  assert.throws(() => alone(file, failing), /no/)
  assert.deepEqual(readdirSync(folder), [])
})

test('does not wait for somebody who died with it long ago, and does for who has it now', () => {
  const claim = `${file}.aside`
  mkdirSync(claim)
  const aMomentAgo = Date.now() / 1_000 - 1.8
  utimesSync(claim, aMomentAgo, aMomentAgo)
  const began = performance.now()
  assert.equal(
    alone(file, () => 'done'),
    'done',
  )
  assert.ok(performance.now() - began > 150)
  assert.deepEqual(readdirSync(folder), [])
})

test('does not wait for ever for what cannot be taken out of the way', async () => {
  const claim = `${file}.aside`
  mkdirSync(join(claim, 'of a stranger'), { recursive: true })
  utimesSync(claim, 0, 0)
  assert.throws(() => alone(file, () => 5), /\.aside is in the way; remove it/)
  await rm(claim, { recursive: true })
})

test('says so where nothing can be made', () => {
  assert.throws(() => alone(join(folder, 'nowhere', 'file.db'), () => 5), { code: 'ENOENT' })
})
