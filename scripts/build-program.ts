/**
 * Puts a program and all that it loads at its start into few files: `node scripts/build-program.ts src/cli/main.ts`. Node then
 * opens a dozen files where it would open a thousand. Each build has a folder of its own under `dist/program/`, so that whatever
 * runs keeps its own; the newest is linked by the name of the program. `scripts/run` builds and starts.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('../', import.meta.url))
const programs = join(root, 'dist/program')

/** They are started by the names of their files, which are looked for beside the program. */
const threads = ['src/stores/sqlite/thread.ts', 'src/structured/schema-thread.ts']

/** What has machine code, or is somebody's choice to install. */
const apart = ['better-sqlite3', 'bullmq', 'ioredis', '@aws-sdk/client-sqs', '@ai-sdk/provider', /^@opentelemetry\//]

/** What was started lately may run from the builds before. */
const mostKept = 4

/** One character beyond Latin makes a whole file take twice its size in memory. */
const inAscii: Plugin = {
  name: 'in-ascii',
  generateBundle: (_options, bundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue
      if (/\\[^\0-\x7f]/.test(chunk.code))
        throw new Error(`${chunk.fileName}: what stands behind a backslash cannot be escaped.`)
      chunk.code = chunk.code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
}

const buildFile = async (file: string, folder: string): Promise<void> => {
  const { build } = await import('vite')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [inAscii],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        input: { [basename(file, '.ts')]: join(root, file) },
        external: apart,
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', keepNames: true },
      },
    },
  })
}

/** Builds a program, a file of this repository, and links it. Rejects when the tools for it are not installed. */
export const buildProgram = async (file: string): Promise<void> => {
  const begun = new Date()
  const name = basename(file, '.ts')
  const id = `${name}-${begun.getTime()}-${process.pid}`
  const folder = join(programs, id)
  mkdirSync(folder, { recursive: true })
  try {
    // Each by itself: what they share would be loaded whole by every thread.
    for (const each of [file, ...threads]) await buildFile(each, folder)
    // Sources that change while it is built are newer than it.
    utimesSync(join(folder, `${name}.js`), begun, begun)
    const link = join(programs, `.${id}`)
    symlinkSync(id, link)
    renameSync(link, join(programs, name))
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true })
    throw thrown
  }
  removeOld(name)
}

const removeOld = (name: string): void => {
  const built = readdirSync(programs).filter((each) => each.startsWith(`${name}-`))
  const ageOf = (each: string): number => statSync(join(programs, each)).mtimeMs
  built.sort((one, other) => ageOf(other) - ageOf(one))
  for (const old of built.slice(mostKept)) rmSync(join(programs, old), { recursive: true, force: true })
}

const [, started, file] = process.argv
if (started === fileURLToPath(import.meta.url) && file !== undefined) {
  try {
    await buildProgram(file)
  } catch (thrown) {
    console.error(
      `${file} was not built, and runs from its sources: ${thrown instanceof Error ? thrown.message : thrown}`,
    )
    process.exitCode = 1
  }
}
