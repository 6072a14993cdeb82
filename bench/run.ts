/** Runs the benchmarks that are named, or all, and prints one table; `--save` adds it to RESULTS.md. */
import { spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chunks } from './chunks.ts'
import { missingTools } from './load.ts'
import { micro } from './micro.ts'
import { money } from './money.ts'
import { pairs } from './pairs.ts'
import { requests } from './requests.ts'
import { stopAll } from './rig/children.ts'
import { busyShare, describeMachine } from './rig/machine.ts'
import { tableOf } from './rig/report.ts'
import type { Measurement, Rig, Row } from './rig/rig.ts'
import { startup } from './startup.ts'

const measurements: ReadonlyMap<string, Measurement> = new Map(
  Object.entries({ requests, money, chunks, pairs, startup, micro }),
)

const { values: flags, positionals: named } = parseArgs({
  options: { save: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const quit = (complaint: string): never => {
  console.error(complaint)
  process.exit(2)
}

const unknown = named.find((name) => !measurements.has(name))
if (unknown !== undefined) quit(`There is no benchmark ${unknown}; there are ${[...measurements.keys()].join(', ')}.`)
if (process.platform !== 'linux' || availableParallelism() < 2) quit('The benchmarks need Linux and two cores.')
const missing = missingTools()
if (missing.length > 0) quit(`Not found: ${missing.join(', ')}. Run: apt-get install -y nginx-light wrk util-linux`)

const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
// A worker of nginx may run as another user than this one.
chmodSync(folder, 0o755)

const cleanUp = async (): Promise<void> => {
  await stopAll()
  rmSync(folder, { recursive: true, force: true })
}
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(status)))
}

// This process belongs to the load, so that reading figures costs nothing on the core that is measured.
spawnSync('taskset', ['-a', '-p', '-c', '0', String(process.pid)])

const save = (section: string): void => {
  const file = fileURLToPath(new URL('RESULTS.md', import.meta.url))
  const title = '# Results\n\nFigures are medians. Ratios of one run can be compared; times of two machines cannot.\n'
  appendFileSync(file, `${existsSync(file) ? '' : title}\n${section}\n`)
}

const main = async (): Promise<void> => {
  let disturbances = 0
  const rig: Rig = {
    folder,
    repetitions: flags.quick ? 1 : 3,
    seconds: flags.quick ? 1 : 3,
    say: (line) => console.error(line),
    disturbed: () => {
      disturbances++
    },
  }
  const machine = describeMachine()
  const busy = await busyShare()
  const names = named.length > 0 ? named : [...measurements.keys()]
  const rows: Row[] = []
  for (const [name, measure] of measurements) if (names.includes(name)) rows.push(...(await measure(rig)))
  const notes = [
    `Before it began, the machine was ${(busy * 100).toFixed(0)} % busy.`,
    ...(disturbances === 0 ? [] : [`${disturbances} figures were disturbed by other programs: do not trust this run.`]),
  ]
  const settings = Object.entries(process.env).flatMap(([key, value]) =>
    key.startsWith('BENCH_') ? `${key}=${value}` : [],
  )
  const words = process.argv.slice(2).filter((word) => word !== '--save')
  const command = [...settings, 'node bench/run.ts', ...words].join(' ')
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const section = `## ${date} UTC\n\n${machine}. ${notes.join(' ')}\n\n\`${command}\`\n\n${tableOf(rows)}`
  console.log(section)
  if (flags.save) save(section)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await cleanUp()
}
