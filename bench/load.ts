/** Drives a server with wrk from the core of the load, and tells what came back. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { callerHeaders } from './rig/bodies.ts'
import { searchPath, start } from './rig/children.ts'
import type { Rig } from './rig/rig.ts'

export interface LoadOptions {
  /** With its path. */
  readonly url: string
  readonly body: string
  readonly connections: number
  readonly seconds: number
}

export interface Loaded {
  readonly requests: number
  readonly p50Us: number
  readonly p99Us: number
}

/** The programs without which nothing can be measured. */
const tools = ['nginx', 'wrk', 'taskset'] as const

/** Those that this machine does not have. */
export const missingTools = (): readonly string[] => {
  const environment = { ...process.env, PATH: searchPath }
  return tools.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { env: environment }).status !== 0)
}

/** wrk as Lua asks it: one fixed request, and one line of JSON at the end. */
const scriptFor = (body: string): string => `wrk.method = "POST"
wrk.body = [==[${body}]==]
${Object.entries(callerHeaders)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join('\n')}
function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\\n{"requests":%d,"failures":%d,"p50Us":%d,"p99Us":%d}\\n',
    summary.requests, failures, latency:percentile(50), latency:percentile(99)))
end
`

/** Keeps `connections` requests under way for so many seconds. Throws when one of them failed. */
export const load = async (rig: Rig, { url, body, connections, seconds }: LoadOptions): Promise<Loaded> => {
  const own = mkdtempSync(join(rig.folder, 'wrk-'))
  const script = join(own, 'ask.lua')
  writeFileSync(script, scriptFor(body))
  const logFile = join(own, 'output.log')
  const settings = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '60s', '-s', script]
  await start(['wrk', ...settings, url], { core: 'load', logFile }).ended
  const printed = readFileSync(logFile, 'utf8')
  const line = /^\{.*\}$/m.exec(printed)?.[0]
  if (line === undefined) throw new Error(`wrk ended without a result: ${printed}`)
  const { failures, ...loaded }: Loaded & { failures: number } = JSON.parse(line)
  if (failures > 0) throw new Error(`${failures} of ${loaded.requests} requests to ${url} failed`)
  return loaded
}
