import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { feedbackStoreSuite } from '../../testing/feedback-store-suite.ts'
import { createSqliteCalls } from './calls.ts'

feedbackStoreSuite('A file of SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-feedback-'))
  const path = join(folder, 'tollgate-calls.db')
  const calls = await createSqliteCalls({ path, keep: { keepMs: 3_600_000, mostBytes: undefined }, warn: () => {} })
  return {
    calls,
    close: async () => {
      await calls.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})
