import { checkConfig } from './check.ts'
import { type Complaint, ConfigError, type Path, pathText } from './complaints.ts'
import type { Config } from './config.ts'
import type { Probe } from './discover.ts'
import type { Document } from './document.ts'
import { type Environment, expand } from './expand.ts'
import { findText, type SourceText, tidy } from './files.ts'
import type { ConfigInput } from './schema.ts'

export interface LoadOptions {
  /** A file that was named by hand. */
  readonly file?: string | undefined
  /** The text of a file; `file` is then only its name in complaints. */
  readonly text?: string | undefined
  /** A configuration as a value; no file is read. */
  readonly value?: ConfigInput | undefined
  readonly environment: Environment
  /** Where `tollgate.yaml` is looked for. Default: the working directory. */
  readonly directory?: string | undefined
  /** Asks for an Ollama on this machine. Default: a request to 127.0.0.1 of at most 300 ms. */
  readonly probe?: Probe | undefined
  /**
   * Will a server listen, so that HOST, PORT and TOLLGATE_STORE of the environment count, and the store is a file unless
   * another is named? Default true.
   */
  readonly listens?: boolean | undefined
  /** A store that was named by hand. */
  readonly store?: string | undefined
}

/**
 * The configuration: a value, a text, a named file, the one `TOLLGATE_CONFIG` names, `tollgate.yaml`, `tollgate.yml` or
 * `tollgate.json` in the working directory, or the defaults. Throws a ConfigError that lists everything that is wrong.
 */
export const loadConfig = async (options: LoadOptions): Promise<{ config: Config }> => {
  if (options.value !== undefined) return { config: await checked(options.value, undefined, options) }
  const source = options.text === undefined ? await findText(options) : { file: options.file, text: options.text }
  if (source === undefined) return { config: await checked({}, undefined, options) }
  // The parser of YAML stays out of the memory of whoever has no file.
  const { readDocument } = await import('./document.ts')
  const document = readDocument(tidy(source))
  if (document.flaws.length > 0)
    throw new ConfigError(
      document.flaws.map(({ position, path, problem }) => ({
        file: source.file,
        ...position,
        path: pathText(path),
        problem,
      })),
    )
  return { config: await checked(document.value, { ...source, document }, options) }
}

/**
 * A configuration that a program gives, checked like a file. HOST, PORT and TOLLGATE_STORE of the environment do not
 * count, and the store is memory unless it says otherwise. Throws a ConfigError.
 */
export const parseConfig = async (input: ConfigInput, environment: Environment, probe?: Probe): Promise<Config> =>
  (await loadConfig({ value: input, environment, probe, listens: false })).config

export { describeConfig } from './describe.ts'

interface Source extends SourceText {
  readonly document: Document
}

const checked = async (
  value: unknown,
  source: Source | undefined,
  { environment, probe, listens, directory, store }: LoadOptions,
): Promise<Config> => {
  const complaints: Complaint[] = []
  const broken = new Set<string>()
  let secrets: ReadonlyMap<string, string> = new Map()
  const place = (path: Path, problem: string, part?: 'key'): Complaint => ({
    file: source?.file,
    ...source?.document.positionOf(path, part),
    path: pathText(path),
    problem: hide(problem, secrets),
  })
  const complain = (path: Path, problem: string, part?: 'key'): void => {
    if (complaints.length === mostComplaints) return
    complaints.push(place(path, problem, part))
  }
  const expanded = expand(value, environment, (path, problem) => {
    broken.add(pathText(path))
    complain(path, problem)
  })
  secrets = expanded.secrets
  const config = await checkConfig(expanded.value, {
    environment,
    probe,
    listens: listens ?? true,
    file: source?.file,
    directory,
    store,
    place,
    complain: (path, problem, part) => {
      // What follows from the first thing that is wrong with a value is not worth a line of its own.
      const where = pathText(path)
      if (!broken.has(where)) complain(path, problem, part)
      broken.add(where)
    },
  })
  if (complaints.length > 0) throw new ConfigError(complaints)
  return { file: source?.file, ...config }
}

/** Nobody reads further, and finding the place of each takes time. */
const mostComplaints = 1000

/** Shorter values are more likely to be words of the message than secrets. */
const shortestHidden = 8

/** A value from the environment may be a secret in the wrong place: a message shows its reference instead. */
const hide = (problem: string, secrets: ReadonlyMap<string, string>): string => {
  let text = problem
  for (const [secret, reference] of secrets)
    if (secret.length >= shortestHidden) text = text.replaceAll(secret, reference)
  return text
}
