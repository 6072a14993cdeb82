import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answered, chat, startJobRig, textOf } from './rig.ts'

/** What is of one call alone. */
const withoutComments = (text: string): string => text.replace(/^: tollgate .*\n\n?/gm, '')

describe('a job is done as a call is', () => {
  it('has the bytes as its result that a live caller would have had', async () => {
    await using rig = await startJobRig()
    const job = await rig.submit()
    assert.match(job.id, /^job_[\w-]{24}$/)
    const view = await rig.ended(job)
    assert.equal(view.job.state, 'succeeded')
    const live = await rig.live(chat())
    assert.equal(textOf(view), await live.text())
    assert.equal(view.job.result?.status, live.status)
    assert.equal(view.job.result?.contentType, live.headers.get('content-type'))
  })

  it('keeps a stream as the events that a live caller would have read', async () => {
    await using rig = await startJobRig()
    const body = chat('Hello.', { stream: true })
    const view = await rig.ended(await rig.submit({ body }))
    const live = await rig.live(body)
    assert.equal(withoutComments(textOf(view)), withoutComments(await live.text()))
    assert.match(textOf(view), /data: \[DONE\]/)
    assert.equal(view.job.result?.contentType, live.headers.get('content-type'))
  })

  it('stands in the records under the id that its attempt tells, with its cost', async () => {
    await using rig = await startJobRig()
    const { job, attempts } = await rig.ended(await rig.submit())
    const [attempt] = attempts
    assert.equal(attempt?.call, rig.records[0]?.id)
    assert.equal(attempt?.outcome, 'succeeded')
    assert.equal(attempt?.costNanos, 60_000n)
    assert.equal(job.costNanos, 60_000n)
  })

  it('goes through the doors that pass requests unread', async () => {
    await using rig = await startJobRig()
    rig.upstream.always({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"results":[]}' })
    const body = { model: 'chat', input: 'Hello.' }
    const view = await rig.ended(await rig.submit({ endpoint: '/v1/moderations', body }))
    assert.equal(textOf(view), '{"results":[]}')
    assert.equal(rig.upstream.journal[0]?.path, '/v1/moderations')
  })

  it('is told to followers piece by piece, and their sum is the result', async () => {
    await using rig = await startJobRig()
    rig.upstream.always((request) => ({ ...answered('one two three four five')(request), eventDelayMs: 60 }))
    const job = await rig.submit({ body: chat('Hello.', { stream: true }) })
    const states: string[] = []
    let said = ''
    for await (const news of rig.runtime.jobs.follow(job.id, {})) {
      if (news.kind === 'state') states.push(news.view.job.state)
      else said += news.piece.text
    }
    assert.equal(states.at(-1), 'succeeded')
    const whole = textOf(await rig.ended(job))
    assert.ok(said.length > 0 && whole.startsWith(said), said)
  })

  it('is answered under the deadline that it was submitted with', async () => {
    await using rig = await startJobRig()
    rig.upstream.always({ headDelayMs: 'forever' })
    const view = await rig.ended(await rig.submit({ deadlineAt: Date.now() + 100 }))
    assert.equal(view.job.state, 'failed')
    assert.equal(view.job.error?.code, 'deadline_exceeded')
  })
})
