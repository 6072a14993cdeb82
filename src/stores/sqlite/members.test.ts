import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { wantOf } from '../../testing/ledger-suite-parts.ts'
import { hostName, isGone } from './host.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

describe('the list of those that share a store', () => {
  let writer: ThreadlessWriter
  beforeEach(() => {
    writer = new ThreadlessWriter()
  })
  afterEach(() => writer.close())

  const members = (): number => writer.number('SELECT count(*) FROM processes WHERE is_dead = 0')
  const told = (): string[] => writer.told.map(({ name }) => name)

  it('does not have who only looks', () => {
    assert.equal(members(), 0)
    writer.call('join', undefined)
    writer.call('lease', [wantOf()])
    assert.equal(members(), 1)
  })

  it('has who was taken for dead again, under a new number, and tells it', () => {
    const first = writer.call('join', undefined)
    writer.database.exec('UPDATE processes SET is_dead = 1')
    assert.notEqual(writer.call('join', undefined), first)
    assert.deepEqual(told(), ['fenced'])
    assert.equal(members(), 1)
  })

  it('has nobody for whom joining failed, and nobody is told', () => {
    writer.ask(['lease', [{ ...wantOf(), allowance: {} }]])
    assert.equal(members(), 0)
    writer.call('join', undefined)
    assert.equal(members(), 1)
    assert.deepEqual(told(), [])
  })

  it('loses who leaves, for good', () => {
    writer.call('lease', [wantOf()])
    writer.call('leave', undefined)
    assert.equal(members(), 0)
    assert.equal(writer.number('SELECT sum(leased) FROM windows'), 0)
    writer.call('join', undefined)
    assert.deepEqual(told(), [])
  })
})

describe('a process', () => {
  it('is gone only when its number is known here and nobody has it', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    assert.equal(isGone(hostName(), process.pid), false)
    assert.equal(isGone('another boot', pid), false)
    // Only where the boot and the namespace can be told apart is anything known.
    assert.equal(isGone(hostName(), pid), process.platform === 'linux')
  })
})
