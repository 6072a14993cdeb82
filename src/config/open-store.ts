import { createMemoryStore } from '../stores/memory/index.ts'
import type { Store } from '../stores/store.ts'
import type { StoreConfig } from './config.ts'

/** Opens what a configuration names. Fails with `store_unavailable` and a sentence for operators. */
export const openStore = async (config: StoreConfig): Promise<Store> => {
  if (config.kind === 'memory') return createMemoryStore()
  // Whoever keeps nothing on disk need not load a database.
  const { createSqliteStore } = await import('../stores/sqlite/index.ts')
  return createSqliteStore(config.path)
}
