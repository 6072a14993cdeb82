/** The real gateway in a process of its own; its configuration is JSON in SAVINGS_CONFIG. */
import { parseConfig } from '../../src/config/load.ts'
import { startServer } from '../../src/server/start.ts'

const config = await parseConfig(JSON.parse(process.env.SAVINGS_CONFIG ?? '{}'), {})
const running = await startServer(config)
process.send?.({ url: running.url })
process.once('SIGTERM', async () => {
  await running.stop(AbortSignal.abort())
  process.exit(0)
})
