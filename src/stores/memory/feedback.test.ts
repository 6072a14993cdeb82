import { feedbackStoreSuite } from '../../testing/feedback-store-suite.ts'
import { createMemoryCalls } from './calls.ts'

feedbackStoreSuite('A memory', async () => {
  const calls = createMemoryCalls({ keepMs: 3_600_000 })
  return { calls, close: () => calls.close() }
})
