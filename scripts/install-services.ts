import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'

/** A program that tests use. */
interface Service {
  /** Its names; the first is that of the package of Debian too. */
  readonly commands: readonly [string, ...string[]]
  readonly tests: string
}

const services: readonly Service[] = [
  { commands: ['redis-server'], tests: 'jobs on Redis' },
  { commands: ['chromium', 'chromium-browser', 'google-chrome'], tests: 'the dashboard in a browser' },
]

/** Those that the directories of a PATH do not have. */
export const missingIn = (path: string): readonly Service[] =>
  services.filter(
    ({ commands }) => !path.split(delimiter).some((folder) => commands.some((name) => isProgram(join(folder, name)))),
  )

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Can packages be installed here without asking anybody? */
const canInstall = (): boolean =>
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  existsSync('/etc/debian_version') &&
  isProgram('/usr/bin/apt-get')

const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
const patienceMs = 300_000

const run = (command: string, ...parts: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, parts, {
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: patienceMs,
    })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })

/** With it Debian starts no service after it was installed. */
const policy = '/usr/sbin/policy-rc.d'

const install = async (names: readonly string[]): Promise<boolean> => {
  const isOurs = !existsSync(policy)
  if (isOurs) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    // Old lists may do, where there is no network but a cache.
    await run('apt-get', 'update', '-q')
    return await run('apt-get', 'install', '-y', '-q', '--no-install-recommends', ...names)
  } finally {
    if (isOurs) await rm(policy, { force: true })
  }
}

/** Installs what is missing where that can be done, else says what to do. Never fails: tests that lack something are skipped, and say so. */
const main = async (): Promise<void> => {
  const missing = missingIn(process.env.PATH ?? '')
  if (missing.length === 0) return
  const names = missing.map(({ commands }) => commands[0])
  const tests = missing.map((service) => service.tests).join(' and of ')
  const advice = `Without ${names.join(' and ')} the tests of ${tests} are skipped. Install: apt-get install ${names.join(' ')}`
  if (!canInstall()) return console.log(advice)
  console.log(`Installing ${names.join(' and ')} for the tests of ${tests} …`)
  const start = performance.now()
  const isDone = await install(names).catch(() => false)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  console.log(isDone ? `Installed in ${seconds} s.` : `That did not work. ${advice}`)
}

if (import.meta.main) await main()
