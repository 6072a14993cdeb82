import { controlStoreSuite } from '../../testing/control-store-suite.ts'
import { createMemoryControl } from './control.ts'

controlStoreSuite('memory', async () => {
  const control = createMemoryControl()
  return { one: control, other: control, close: async () => {} }
})
