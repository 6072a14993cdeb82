/**
 * Tollgate with everything on, for one model: what the benchmarks measure. Besides its one key it has BENCH_KEYS others;
 * its store is BENCH_STORE, or a file that is gone afterwards; BENCH_MONEY=off leaves out limits, budgets and the ledger.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../src/config/load.ts'
import { startServer } from '../src/server/start.ts'

const { PORT = '4000', HOST = '127.0.0.1', UPSTREAM_BASE_URL, BENCH_STORE, BENCH_KEYS = '0', BENCH_MONEY } = process.env
if (UPSTREAM_BASE_URL === undefined) {
  console.error('Set UPSTREAM_BASE_URL, such as http://127.0.0.1:9999/v1.')
  process.exit(2)
}

const hasMoney = BENCH_MONEY !== 'off'
const folder = BENCH_STORE === undefined ? mkdtempSync(join(tmpdir(), 'tollgate-bench-store-')) : undefined
const path = BENCH_STORE ?? join(folder ?? '', 'tollgate.db')

const bounds = {
  limits: { requests: '10M/m', tokens: '10000M/m', concurrency: 10_000 },
  budget: { usd: 1_000_000, per: 'month' },
}
const keyOf = (name: string, key: string) => ({ name, key, team: 'bench', ...(hasMoney ? bounds : {}) })
const others = Array.from({ length: Number(BENCH_KEYS) }, (_, index) => keyOf(`bench-${index}`, `sk-bench-${index}`))

const config = await parseConfig(
  {
    server: { host: HOST, port: Number(PORT), drain: { notReady: '0s', streams: '0s' } },
    discover: false,
    providers: { upstream: { kind: 'openai-compatible', baseUrl: UPSTREAM_BASE_URL, apiKey: 'sk-upstream' } },
    models: { 'gpt-4o-mini': 'upstream/gpt-4o-mini' },
    store: hasMoney ? `sqlite:${path}` : 'memory:',
    keys: [keyOf('bench', 'sk-gw-0042'), ...others],
    teams: { bench: hasMoney ? { budget: { usd: 10_000_000, per: 'month' } } : {} },
    prices: { 'upstream/gpt-4o-mini': { input: 0.15, output: 0.6, cacheRead: 0.075 } },
    telemetry: { log: 'info', metrics: true },
  },
  process.env,
)
const running = await startServer(config, { hasLedger: hasMoney })

const stop = async (): Promise<void> => {
  await running.stop(AbortSignal.abort())
  if (folder !== undefined) rmSync(folder, { recursive: true })
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
