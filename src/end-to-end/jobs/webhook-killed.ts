import process from 'node:process'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import { tellingFrom } from './webhook-rig.ts'

// Run as a process of its own: it tells a receiver of what is in a store, and dies before it can write that down.
const [path = '', url = ''] = process.argv.slice(2)
const store = await createSqliteStore(path)
const settle = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}
tellingFrom(store, { results: { url } }, { store: { ...store.webhooks, settle }, pace: { leaseMs: 4_000 } })
