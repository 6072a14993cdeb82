/** A server that kills itself at a point of its book-keeping, as no signal handler can prevent. Arguments: configuration, point, which time. */
import process from 'node:process'
import { loadConfig } from '../../config/load.ts'
import { openStore } from '../../config/open-store.ts'
import { startServer } from '../../server/start.ts'
import type { LedgerStore, Store } from '../../stores/store.ts'

const [file = '', point = '', time = '1'] = process.argv.slice(2)
let left = Number(time)

/** Dies when this is the point, and its time has come. */
const pass = (here: string): void => {
  if (here === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}

const doomedLedger = (ledger: LedgerStore): LedgerStore => ({
  lease: async (wants) => {
    pass('before a lease')
    const leased = await ledger.lease(wants)
    pass('after a lease')
    return leased
  },
  settle: async (batch) => {
    pass('before settling')
    const settled = ledger.settle(batch)
    if (point === 'while settling') setImmediate(() => pass('while settling'))
    await settled
    pass('after settling')
  },
  standing: (allowance, subject, window) => ledger.standing(allowance, subject, window),
  get processes() {
    return ledger.processes
  },
  listen: (events) => ledger.listen(events),
  close: async () => {
    pass('before giving back')
    await ledger.close()
  },
})

const doomed = (store: Store): Store => ({ ...store, ledger: doomedLedger(store.ledger), close: () => store.close() })

const { config } = await loadConfig({ file, environment: process.env })
const running = await startServer(config, { store: doomed(await openStore(config.store)) })
console.log(running.url)
process.once('SIGTERM', () => void running.stop(AbortSignal.abort()).then(() => process.exit(0)))
