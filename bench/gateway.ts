/** Tollgate with everything on, for one key and one model: what the benchmarks measure. */
import { parseConfig } from '../src/config/load.ts'
import { startServer } from '../src/server/start.ts'

const { PORT = '4000', HOST = '127.0.0.1', UPSTREAM_BASE_URL } = process.env
if (UPSTREAM_BASE_URL === undefined) {
  console.error('Set UPSTREAM_BASE_URL, such as http://127.0.0.1:9999/v1.')
  process.exit(2)
}

const config = await parseConfig(
  {
    server: { host: HOST, port: Number(PORT), drain: { notReady: '0s', streams: '0s' } },
    discover: false,
    providers: { upstream: { kind: 'openai-compatible', baseUrl: UPSTREAM_BASE_URL, apiKey: 'sk-upstream' } },
    models: { 'gpt-4o-mini': 'upstream/gpt-4o-mini' },
    keys: [{ name: 'bench', key: 'sk-gw-0042' }],
    prices: { 'upstream/gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075 } },
    telemetry: { log: 'info', metrics: true },
  },
  process.env,
)
const running = await startServer(config)

const stop = async (): Promise<void> => {
  await running.stop(AbortSignal.abort())
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
