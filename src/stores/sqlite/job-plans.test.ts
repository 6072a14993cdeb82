import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import type { JobQuery } from '../job-store.ts'
import { jobWriter } from './job-procedures.ts'
import { jobReader } from './job-reads.ts'
import { leaseParts } from './ledger-procedures.ts'
import type { Session } from './session.ts'
import { ThreadlessWriter } from './threadless-writer.ts'
import { webhookReader } from './webhook-reads.ts'

const writer = new ThreadlessWriter()
after(() => writer.close())

/** What the work asks the database for, and how that is answered. */
const plansOf = (work: (session: Session) => unknown): ReadonlyMap<string, readonly string[]> => {
  const texts = new Set<string>()
  const database = new Proxy(writer.database, {
    get: (target, name) => {
      if (name !== 'prepare') return Reflect.get(target, name)
      return (text: string) => {
        texts.add(text)
        return target.prepare(text)
      }
    },
  })
  work({ ...writer.session, database })
  return new Map([...texts].filter((text) => !text.startsWith('PRAGMA')).map((text) => [text, planOf(text)]))
}

const planOf = (text: string): readonly string[] => {
  const named = Object.fromEntries([...text.matchAll(/@(\w+)/g)].map(([, name]) => [name, 1]))
  const values = Array(text.split('?').length - 1).fill(1)
  const plan = writer.database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`)
  return plan.all(...(values.length > 0 ? values : [named])).map(({ detail }) => detail)
}

const isSlow = (detail: string): boolean => /SCAN|TEMP B-TREE|AUTOMATIC/.test(detail)

/** The first few rows in the order of an index, whatever is in them. */
const bounded = [
  'SCAN jobs USING COVERING INDEX jobs_scheduled',
  'SCAN job_leftovers USING COVERING INDEX job_leftovers_told',
  'SCAN webhook_events',
  // Marks of the last ten seconds.
  'SCAN recalls',
]

describe('what is asked of the file for jobs', () => {
  it('is found by indexes, without looking through rows or sorting them, by who writes', () => {
    const parts = leaseParts(writer.session)
    const plans = plansOf((session) => jobWriter({ ...parts, session }))
    assert.ok(plans.size > 50)
    const slow = [...plans.values()].flat().filter(isSlow)
    assert.deepEqual(slow.sort(), bounded.sort())
  })

  it('is found by indexes for one job, and for events', () => {
    const plans = plansOf((session) => {
      const { listEvents, eventAttempts } = webhookReader(session)
      for (const query of [{ owner: 'a' }, { endpoint: 'a' }, { job: 'a' }]) listEvents({ ...query, limit: 1 })
      eventAttempts('a')
      jobReader(session)
    })
    const slow = [...plans].filter(([, plan]) => plan.some(isSlow)).map(([text]) => text.slice(0, 60))
    // Counts of lines, of which each owner has three at most; and marks of endpoints.
    assert.deepEqual(slow.map((text) => text.trim().split(/\s+/).slice(0, 3).join(' ')).sort(), [
      'SELECT (SELECT coalesce(sum(waiting),',
      'SELECT endpoint, failing_since',
    ])
  })

  const lists: readonly (readonly [Partial<JobQuery>, string])[] = [
    [{}, 'SEARCH jobs USING INTEGER PRIMARY KEY'],
    [{ owner: 'a' }, 'SEARCH jobs USING INDEX jobs_owned'],
    [{ owner: 'a', states: ['failed', 'cancelled'] }, 'SEARCH jobs USING INDEX jobs_in_vain'],
    [{ isDead: true }, 'SEARCH jobs USING INDEX jobs_dead'],
    [{ states: ['running'] }, 'SCAN jobs USING INDEX jobs_leased'],
  ]
  for (const [query, way] of lists)
    it(`is listed by ${way.split(' ').at(-1)} for ${JSON.stringify(query)}`, () => {
      const plans = plansOf((session) => jobReader(session).listJobs({ limit: 1, ...query }))
      const list = [...plans].find(([text]) => text.includes('ORDER BY number DESC'))
      assert.match(list?.[1].join() ?? '', new RegExp(`^${way}`))
    })
})
