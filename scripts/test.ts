import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * The tests of one folder, in one process: to start another one for each of some hundred files takes a third of all the time.
 */
interface Group {
  readonly name: string
  readonly files: readonly string[]
}

interface Outcome {
  readonly hasPassed: boolean
  readonly output: string
  readonly seconds: number
}

/** What the closing lines of a run count, in their order. */
const counts = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const

const root = fileURLToPath(new URL('..', import.meta.url))

/** A test that takes longer hangs. */
const timeoutMs = 240_000

/** The folder that a file is tested with: the first below `src` or `src/end-to-end`, else the first. */
const folderOf = (file: string): string =>
  /^src\/end-to-end\/[^/]+(?=\/)|^src\/[^/]+(?=\/)|^[^/]+/.exec(file)?.[0] ?? file

/** All groups, those with the most files first; with words, those whose folder has one of them in its name. */
const groupsOf = (words: readonly string[]): readonly Group[] => {
  const files = globSync('{src,dashboard,scripts,examples}/**/*.test.ts', {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  })
  return [...Map.groupBy(files.sort(), folderOf)]
    .map(([name, found]) => ({ name, files: found }))
    .filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort((one, other) => other.files.length - one.files.length)
}

const run = ({ files }: Group): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    let output = ''
    const child = spawn(
      process.execPath,
      ['--test', '--test-isolation=none', `--test-timeout=${timeoutMs}`, '--test-reporter=spec', ...files],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') },
      },
    )
    const take = (piece: Buffer): void => {
      output += piece.toString()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({ hasPassed: code === 0, output, seconds: (performance.now() - began) / 1_000 }),
    )
  })

const countIn = (output: string, name: string): number =>
  Number(new RegExp(String.raw`^ℹ ${name} (\d+)$`, 'm').exec(output)?.[1] ?? 0)

const groups = groupsOf(process.argv.slice(2))
if (groups.length === 0) {
  console.error(`No folder of tests is named like ${process.argv.slice(2).join(', ')}.`)
  process.exit(2)
}
const began = performance.now()
const totals = new Map<string, number>(counts.map((name) => [name, 0]))
const failed: string[] = []
const waiting = [...groups]

/** One group after the other; what a group said is shown where something in it failed. */
const lane = async (): Promise<void> => {
  for (let group = waiting.shift(); group; group = waiting.shift()) {
    const { hasPassed, output, seconds } = await run(group)
    for (const name of counts) totals.set(name, (totals.get(name) ?? 0) + countIn(output, name))
    if (!hasPassed) {
      failed.push(group.name)
      console.log(output)
    }
    const tests = countIn(output, 'tests')
    console.log(
      `${hasPassed ? '✔' : '✖'} ${group.name}: ${tests} tests in ${seconds.toFixed(1)} s, ${waiting.length} folders left`,
    )
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, lane))
for (const [name, count] of totals) console.log(`ℹ ${name} ${count}`)
console.log(`ℹ duration_ms ${(performance.now() - began).toFixed(0)}`)
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}.`)
  process.exitCode = 1
}
