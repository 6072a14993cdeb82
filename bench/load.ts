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
  /** Keys that ask in turn; default one. */
  readonly keys?: readonly string[] | undefined
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

/** The requests of many keys are written out before the load begins. */
const inTurn = (keys: readonly string[]): string => `local requests = {}
local turn = 0
function init()
  for _, key in ipairs({${keys.map((key) => `"${key}"`).join(',')}}) do
    wrk.headers["authorization"] = "Bearer " .. key
    requests[#requests + 1] = wrk.format()
  end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
`

/** wrk as Lua asks it: one fixed request, or one for each key, and one line of JSON at the end. */
const scriptFor = (body: string, keys: readonly string[]): string => `wrk.method = "POST"
wrk.body = [==[${body}]==]
${Object.entries(callerHeaders)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join('\n')}
${keys.length === 0 ? '' : inTurn(keys)}function done(summary, latency)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\\n{"requests":%d,"failures":%d,"p50Us":%d,"p99Us":%d}\\n',
    summary.requests, failures, latency:percentile(50), latency:percentile(99)))
end
`

/** Keeps `connections` requests under way for so many seconds. Throws when one of them failed. */
export const load = async (rig: Rig, { url, body, connections, seconds, keys = [] }: LoadOptions): Promise<Loaded> => {
  const own = mkdtempSync(join(rig.folder, 'wrk-'))
  const script = join(own, 'ask.lua')
  writeFileSync(script, scriptFor(body, keys))
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
