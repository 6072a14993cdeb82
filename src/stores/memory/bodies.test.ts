import { bodyStoreSuite } from '../../testing/body-store-suite.ts'
import { createMemoryCalls } from './calls.ts'

bodyStoreSuite('Memory', async () => {
  const calls = createMemoryCalls({ keepMs: 3_600_000, bodiesMs: 1_800_000 })
  return { calls, close: () => calls.close() }
})
