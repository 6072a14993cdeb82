import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { ConfigInput } from '../../config/schema.ts'
import { compiled } from '../../testing/compiled.ts'
import { until } from '../faults/harness.ts'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** `tollgate serve`, as its operator runs it. */
export interface ServingChild extends AsyncDisposable {
  readonly port: number
  /** Everything it wrote. */
  output(): { readonly log: string; readonly told: string }
  /** Asks it to stop, and waits until it did; its exit code. */
  stop(): Promise<number | null>
}

/** What became of a command. */
export interface Ended {
  readonly code: number | null
  readonly log: string
  readonly told: string
}

type Environment = Readonly<Record<string, string>>

const start = (config: ConfigInput, environment: Environment, flags: readonly string[] = []) => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-hostile-'))
  const file = join(folder, 'tollgate.json')
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(process.execPath, [...flags, main, 'serve', '--config', file], {
    // Its store is made where it runs.
    cwd: folder,
    env: { ...compiled, PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  let told = ''
  child.stdout.on('data', (part) => {
    log += part
  })
  child.stderr.on('data', (part) => {
    told += part
  })
  const ended = once(child, 'close').then(([code]): Ended => {
    rmSync(folder, { recursive: true })
    return { code, log, told }
  })
  return { child, ended, output: () => ({ log, told }) }
}

/** Runs `tollgate serve` with a configuration until it ends by itself. */
export const serveInVain = async (config: ConfigInput, environment: Environment = {}): Promise<Ended> => {
  const { child, ended } = start(config, environment)
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000)
  try {
    return await ended
  } finally {
    clearTimeout(impatience)
  }
}

/** Starts `tollgate serve` on a free port, `flags` for Node; rejects when it does not listen within ten seconds. */
export const startServing = async (
  config: ConfigInput,
  environment: Environment = {},
  flags: readonly string[] = [],
): Promise<ServingChild> => {
  const drain = { notReady: '0s', streams: '1s' }
  const given = { discover: false, ...config, server: { port: 0, drain, ...config.server } }
  const { child, ended, output } = start(given, environment, flags)
  const listens = /listens on http:\/\/127\.0\.0\.1:(\d+)/
  await until(() => child.exitCode !== null || listens.test(output().told), 'the server does not start', 10_000)
  const port = Number(listens.exec(output().told)?.[1])
  if (Number.isNaN(port)) throw new Error(`the server did not start: ${output().told}`)
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    return (await ended).code
  }
  return {
    port,
    output,
    stop,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
