import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { orderOf } from '../../testing/job-store-suite-parts.ts'
import { wantOf } from '../../testing/ledger-suite-parts.ts'
import type { Finished } from '../job-store.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

const want = wantOf({ least: 60n, wish: 60n })

const withWriter = (check: (writer: ThreadlessWriter) => void): void => {
  const writer = new ThreadlessWriter()
  try {
    check(writer)
  } finally {
    writer.close()
  }
}

const submit = (writer: ThreadlessWriter) =>
  writer.call('submitJobs', [{ order: orderOf({ holds: true, keepMs: 0 }), key: undefined, wants: [want] }])[0]

const end: Finished['end'] = {
  kind: 'succeeded',
  result: { status: 200, contentType: 'a/b', body: { bytes: Buffer.of() } },
}

describe('what is set aside in a file', () => {
  it('writes nothing when there is too little, where nobody could give anything back', () =>
    withWriter((writer) => {
      writer.call('join', undefined)
      assert.equal(submit(writer)?.kind, 'made')
      assert.equal(submit(writer)?.kind, 'short')
      assert.equal(writer.call('lease', [want]).ok, false)
      assert.equal(writer.number('SELECT count(*) FROM recalls'), 0)
      assert.equal(writer.number('SELECT count(*) FROM jobs'), 1)
    }))

  it('leaves no rows behind when the job is over', () =>
    withWriter((writer) => {
      submit(writer)
      const [claimed] = writer.call('claimJobs', { worker: 'w', most: 1, leaseMs: 1_000 })
      assert.ok(claimed)
      assert.equal(writer.number('SELECT count(*) FROM job_holds WHERE fence IS NOT NULL'), 1)
      const spent = claimed.aside.map(({ slice }) => ({ slice, used: 1n }))
      const { fence, job } = claimed
      writer.call('finishJobs', [{ fence, id: job.id, call: undefined, costNanos: 1n, spent, end }])
      assert.equal(writer.number('SELECT count(*) FROM job_holds'), 0)
      assert.equal(writer.number('SELECT count(*) FROM slices'), 0)
    }))

  it('leaves none of an attempt that never told its end, when the job is deleted', () =>
    withWriter((writer) => {
      submit(writer)
      writer.call('claimJobs', { worker: 'w', most: 1, leaseMs: 1_000 })
      writer.skewMs += 2_000
      writer.call('sweepJobs', { maxCrashes: 1 })
      assert.equal(writer.number('SELECT count(*) FROM jobs'), 0)
      assert.equal(writer.number('SELECT count(*) FROM job_holds'), 0)
      // An operator decides about what is charged.
      assert.equal(writer.number('SELECT lost FROM windows'), 60)
    }))

  it('books nothing of a slice twice', () =>
    withWriter((writer) => {
      submit(writer)
      const [claimed] = writer.call('claimJobs', { worker: 'w', most: 1, leaseMs: 1_000 })
      assert.ok(claimed)
      const { fence, job, aside } = claimed
      const spent = aside.map(({ slice }) => ({ slice, used: 7n }))
      const finished = { fence, id: job.id, call: undefined, costNanos: 7n, spent, end }
      assert.deepEqual(writer.call('finishJobs', [finished, finished]), [true, false])
      assert.equal(writer.number('SELECT settled FROM windows'), 7)
      assert.equal(writer.number('SELECT leased FROM windows'), 0)
    }))
})
