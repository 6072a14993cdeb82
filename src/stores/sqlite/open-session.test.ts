import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import Database from 'better-sqlite3'
import { ThreadlessWriter } from './threadless-writer.ts'

describe('the transactions of a session', () => {
  let writer: ThreadlessWriter
  beforeEach(() => {
    writer = new ThreadlessWriter()
  })
  afterEach(() => writer.close())

  const seen = (): boolean => {
    const other = new Database(writer.path, { readonly: true })
    const found = other.prepare("SELECT 1 FROM names WHERE name = 'x'").get()
    other.close()
    return found !== undefined
  }

  const insert = (): void => {
    writer.database.exec("INSERT INTO names (name) VALUES ('x')")
  }

  it('do what comes afterwards once others can see what was written', () => {
    const { session } = writer
    const states: boolean[] = []
    session.transact(() => {
      insert()
      session.afterCommit(() => states.push(seen()))
      states.push(seen())
    })
    assert.deepEqual(states, [false, true])
  })

  it('forget what a failed part wanted afterwards, and keep the rest', () => {
    const { session } = writer
    const done: string[] = []
    session.transact(() => {
      session.afterCommit(() => done.push('whole'))
      assert.throws(() =>
        session.transact(() => {
          insert()
          session.afterCommit(() => done.push('part'))
          throw new Error('no')
        }),
      )
    })
    assert.deepEqual(done, ['whole'])
    assert.equal(seen(), false)
  })

  it('write nothing when they fail', () => {
    const { session } = writer
    const done: string[] = []
    assert.throws(() =>
      session.transact(() => {
        insert()
        session.afterCommit(() => done.push('never'))
        throw new Error('no')
      }),
    )
    session.transact(() => {})
    assert.deepEqual(done, [])
    assert.equal(seen(), false)
  })

  it('wait for others who write, and give up after some seconds', { timeout: 20_000 }, () => {
    const other = new Database(writer.path)
    other.exec('BEGIN IMMEDIATE')
    const started = performance.now()
    assert.throws(() => writer.session.transact(() => {}), { code: 'SQLITE_BUSY' })
    assert.ok(performance.now() - started > 4_000)
    other.exec('ROLLBACK')
    other.close()
    writer.session.transact(insert)
    assert.equal(seen(), true)
  })
})
