import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { compiled } from '../testing/compiled.ts'

/** How a process of the command line ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** A server that runs as a process of its own, in an empty folder, with nothing in its environment to find. */
export interface Served extends AsyncDisposable {
  readonly url: string
  /** What it said at start. */
  readonly banner: string
  /** From the start of the process to the banner. */
  readonly startMs: number
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Asks it to stop, twice, and waits. */
  stop(): Promise<Ended>
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Nobody listens on port 1, so that no Ollama of this machine is found. */
const environment = { ...compiled, PATH: process.env.PATH, HOME: process.env.HOME, OLLAMA_HOST: '127.0.0.1:1' }

export interface Surroundings {
  /** Files of the working directory, by name. */
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /** A working directory that is there already and stays; `files` do not count then. */
  readonly folder?: string
}

/** A folder that several processes work in, one after another or side by side. */
export interface Folder extends AsyncDisposable {
  readonly path: string
}

/** Makes an empty folder, with files in it where they are given. */
export const createFolder = async (files?: Readonly<Record<string, string>>): Promise<Folder> => {
  const path = await emptyFolder(files)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const emptyFolder = async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-cli-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  errors(): string
}

const start = async (words: readonly string[], surroundings: Surroundings): Promise<Started> => {
  const folder = surroundings.folder ?? (await emptyFolder(surroundings.files))
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: { ...environment, ...surroundings.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close').then(async ([code]): Promise<Ended> => {
    if (surroundings.folder === undefined) await rm(folder, { recursive: true })
    return { code: code as number | null, output, errors }
  })
  return { child, ended, errors: () => errors }
}

/** Runs the command line to its end. */
export const run = async (words: readonly string[], surroundings: Surroundings = {}): Promise<Ended> =>
  (await start(words, surroundings)).ended

/** Runs `tollgate serve` on a free port and waits until it answers. Throws with what it said when it ends instead. */
export const serve = async (surroundings: Surroundings = {}): Promise<Served> => {
  const begun = performance.now()
  const environment = { PORT: '0', ...surroundings.environment }
  const { child, ended, errors } = await start(['serve'], { ...surroundings, environment })
  const banner = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (errors().includes('Anthropic clients: ')) resolve(errors())
    })
    void ended.then((end) => reject(new Error(`The server ended with ${end.code}: ${end.errors}`)))
  })
  const url = /https?:\/\/\S+?(?=[,.]?\s)/.exec(banner)?.[0] ?? ''
  const stop = async (): Promise<Ended> => {
    child.kill('SIGTERM')
    // The first signal is told before the second one may come.
    const runs = (): boolean => child.exitCode === null && child.signalCode === null
    while (runs() && !errors().includes('Stopping')) await new Promise((go) => setTimeout(go, 20))
    child.kill('SIGTERM')
    return ended
  }
  return {
    url,
    banner,
    startMs: performance.now() - begun,
    child,
    ended,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

/** A worker that runs as a process of its own. */
export type Working = Pick<Served, 'child' | 'ended' | 'stop'> & AsyncDisposable

/** Runs `tollgate worker` with these options and waits until it works. Throws with what it said when it ends instead. */
export const work = async (words: readonly string[], surroundings: Surroundings = {}): Promise<Working> => {
  const { child, ended, errors } = await start(['worker', ...words], surroundings)
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (errors().includes('does jobs of')) resolve()
    })
    void ended.then((end) => reject(new Error(`The worker ended with ${end.code}: ${end.errors}`)))
  })
  const stop = async (): Promise<Ended> => {
    child.kill('SIGTERM')
    return ended
  }
  return { child, ended, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}
