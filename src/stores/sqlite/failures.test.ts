import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { GatewayError } from '../../core/errors.ts'
import { batchOf, wantOf } from '../../testing/ledger-suite-parts.ts'
import { errorOf, failureOf, unusable } from './failures.ts'
import type { Said } from './messages.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

const codeOf = (said: Said | undefined): string => (said?.kind === 'failed' ? said.failure.code : `${said?.kind}`)

const lines = (sequence: number, size: number) =>
  batchOf(sequence, { lines: `${'x'.repeat(size)}\n`, count: 1, from: 1, to: 1 })

describe('a store whose disk fails', () => {
  let writer: ThreadlessWriter
  beforeEach(() => {
    writer = new ThreadlessWriter()
  })
  afterEach(() => writer.close())

  it('says that the disk is full, and takes the same batch when it is not', () => {
    const pages = writer.number('PRAGMA page_count')
    writer.database.pragma(`max_page_count = ${pages + 10}`)
    assert.equal(codeOf(writer.ask(['settle', lines(1, 1_000_000)])[0]), 'SQLITE_FULL')
    assert.equal(writer.number('SELECT count(*) FROM batches'), 0)
    writer.database.pragma(`max_page_count = ${pages + 10_000}`)
    assert.equal(codeOf(writer.ask(['settle', lines(1, 1_000_000)])[0]), 'done')
    assert.equal(writer.number('SELECT count(*) FROM blocks'), 1)
  })

  it('does not let the one that is too large harm the others', () => {
    writer.database.pragma(`max_page_count = ${writer.number('PRAGMA page_count') + 10}`)
    const said = writer.ask(['lease', [wantOf()]], ['settle', lines(1, 1_000_000)], ['settle', lines(2, 10)])
    assert.deepEqual(said.map(codeOf), ['done', 'SQLITE_FULL', 'done'])
    assert.equal(writer.number('SELECT sum(leased) FROM windows'), 10)
    assert.equal(writer.number('SELECT sequence FROM blocks'), 2)
  })

  it('leases and books nothing while the file cannot be written, and goes on afterwards', () => {
    writer.ask(['join', undefined])
    writer.database.pragma('query_only = 1')
    const refused = writer.ask(['lease', [wantOf()]], ['settle', lines(1, 10)])
    assert.deepEqual(refused.map(codeOf), ['SQLITE_READONLY', 'SQLITE_READONLY'])
    writer.database.pragma('query_only = 0')
    const taken = writer.ask(['lease', [wantOf()]], ['settle', lines(1, 10)])
    assert.deepEqual(taken.map(codeOf), ['done', 'done'])
    assert.deepEqual(
      writer.told.map(({ name }) => name),
      [],
    )
  })

  it('undoes a call that fails in the middle, and only that', () => {
    const said = writer.ask(
      ['lease', [wantOf({ allowance: 'first' })]],
      ['lease', [wantOf({ allowance: 'second' }), { ...wantOf(), allowance: {} }]],
      ['lease', [wantOf({ allowance: 'third' })]],
    )
    assert.deepEqual(
      said.map(({ kind }) => kind),
      ['done', 'failed', 'done'],
    )
    const found = writer.database.prepare('SELECT allowance FROM windows ORDER BY 1').pluck().all()
    assert.deepEqual(found, ['first', 'third'])
  })
})

describe('the words for a failed store', () => {
  const full = failureOf(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }))

  it('tell callers nothing of the machine', () => {
    const error = errorOf(full, '/data/tollgate.db')
    assert.equal(error.code, 'store_unavailable')
    assert.equal(error.message, 'The store of limits and budgets cannot be used at the moment: its disk is full.')
  })

  it('tell operators what, which file, and what to do', () => {
    const { cause } = errorOf(full, '/data/tollgate.db')
    assert.ok(cause instanceof Error)
    assert.match(cause.message, /^\/data\/tollgate\.db cannot grow: its disk is full\. Free some space there/)
  })

  for (const [code, words] of [
    ['SQLITE_READONLY_DBMOVED', /cannot be written\. Check that this user may write/],
    ['SQLITE_BUSY', /locked by another process/],
    ['SQLITE_IOERR_FSYNC', /the disk reports an error\. Check the disk/],
    ['SQLITE_CORRUPT_VTAB', /is damaged\. Stop the gateway, keep the file/],
    ['SQLITE_CANTOPEN', /cannot be opened\. Check the path/],
    ['SQLITE_SOMETHING_NEW', /the store failed\. \(SQLITE_SOMETHING_NEW: odd\)/],
  ] as const)
    it(`name what ${code} means`, () => {
      assert.match(unusable({ code, message: 'odd' }, '/data/tollgate.db').message, words)
    })

  it('keep what a procedure refused by itself', () => {
    const error = errorOf(failureOf(new GatewayError('conflict', 'It is there already.')), '/data/tollgate.db')
    assert.equal(error.code, 'conflict')
    assert.equal(error.message, 'It is there already.')
  })
})
