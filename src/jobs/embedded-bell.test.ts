import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRows } from '../testing/bell-rows.ts'
import { bellSuite } from '../testing/bell-suite.ts'
import { createEmbeddedBell } from './embedded-bell.ts'

const report = () => {}

bellSuite({
  name: 'embedded',
  open: async () => ({
    open: ({ watch }) => createEmbeddedBell({ watch, report }),
    lose: undefined,
    outage: undefined,
    close: async () => {},
  }),
})

describe('the embedded bell', () => {
  const never = () => () => {}

  it('asks for a job in the very turn in which it rings, and once more when it had one', async () => {
    const rows = createRows()
    const bell = createEmbeddedBell({ watch: never, report })
    bell.answer(rows.answerer({ name: 'one', concurrency: 8 }))
    await rows.until(() => rows.asked('one') === 1)
    const rung = bell.ring(rows.add('job_a'))
    assert.equal(rows.asked('one'), 2)
    await rung
    await rows.done(1)
    await rows.pause(20)
    assert.equal(rows.asked('one'), 3)
    await bell.close()
  })

  it('finds a thousand jobs by one look, with few questions too many', async () => {
    const rows = createRows()
    const bell = createEmbeddedBell({ watch: never, report })
    bell.answer(rows.answerer({ name: 'one', concurrency: 16, workMs: 1 }))
    rows.add(...Array.from({ length: 1_000 }, (_, index) => `job_${index}`))
    await bell.look(async () => 1)
    await rows.done(1_000)
    await rows.pause(20)
    assert.equal(rows.mostAtOnce(), 16)
    assert.ok(rows.asked('one') < 1_040, `${rows.asked('one')} questions`)
    await bell.close()
  })

  it('does not ask a store that fails over and over', async () => {
    const rows = createRows()
    const reports: string[] = []
    const bell = createEmbeddedBell({ watch: never, report: (message) => void reports.push(message) })
    rows.failTakes(1_000)
    bell.answer(rows.answerer({ name: 'one', concurrency: 4 }))
    for (let index = 0; index < 100; index += 1) await bell.ring(rows.add(`job_${index}`))
    await rows.pause(50)
    assert.ok(reports.length <= 8, `${reports.length} questions`)
    await bell.close()
  })
})
