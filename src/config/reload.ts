import { createHash } from 'node:crypto'
import { ConfigError } from './complaints.ts'
import type { Config } from './config.ts'
import { describeConfig } from './describe.ts'

/** Who asked for the configuration to be read again. */
export type ReloadCause = 'file' | 'signal' | 'admin'

/** What came of reading the configuration again. */
export interface ReloadOutcome {
  /** Unix milliseconds. */
  readonly at: number
  readonly cause: ReloadCause
  /** False: the old one stayed in force. */
  readonly ok: boolean
  /** Everything that is wrong, each with its place; none where it is in force. */
  readonly complaints: readonly string[]
  /** Fields that were changed and hold only after a restart. */
  readonly needsRestart: readonly string[]
}

/** Where a running configuration comes from, and how it fared since. */
export interface Reloader {
  /** The file it is read from; undefined: there is none. */
  readonly file: string | undefined
  /** Of the configuration in force, without its secrets: the same on every instance that runs the same. */
  readonly hash: string
  /** Unix milliseconds since when it is in force. */
  readonly since: number
  /** The latest try; undefined: it was never read again. */
  readonly latest: ReloadOutcome | undefined
  /**
   * Reads it again and puts it in force when nothing is wrong with it. Never rejects. Whoever asks while it is being read
   * is answered by one further reading, which begins after they asked.
   */
  reload(cause: ReloadCause): Promise<ReloadOutcome>
}

export interface ReloadOptions {
  /** The one that is in force at the start. */
  readonly config: Config
  /** Reads it again. Rejects with a ConfigError when something is wrong with it. */
  load(): Promise<Config>
  /** Puts it in force whole, or throws and leaves everything as it was. Gives the fields that hold only after a restart. */
  replace(config: Config): readonly string[]
  /** Told of each outcome. */
  told(outcome: ReloadOutcome): void
}

/** Reads a configuration again while it is in use, one reading at a time. */
export const createReloader = (options: ReloadOptions): Reloader => new ConfigReloader(options)

class ConfigReloader implements Reloader {
  readonly file: string | undefined
  hash: string
  since = Date.now()
  latest: ReloadOutcome | undefined
  readonly #options: ReloadOptions
  #underWay: Promise<ReloadOutcome> | undefined
  #next: Promise<ReloadOutcome> | undefined

  constructor(options: ReloadOptions) {
    this.#options = options
    this.file = options.config.file
    this.hash = hashOf(options.config)
  }

  reload(cause: ReloadCause): Promise<ReloadOutcome> {
    if (this.#underWay === undefined) return this.#begin(cause)
    this.#next ??= this.#underWay.then(() => {
      this.#next = undefined
      return this.#begin(cause)
    })
    return this.#next
  }

  #begin(cause: ReloadCause): Promise<ReloadOutcome> {
    this.#underWay = this.#read(cause).finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  async #read(cause: ReloadCause): Promise<ReloadOutcome> {
    let outcome: ReloadOutcome
    try {
      const config = await this.#options.load()
      const needsRestart = this.#options.replace(config)
      this.hash = hashOf(config)
      this.since = Date.now()
      outcome = { at: this.since, cause, ok: true, complaints: [], needsRestart }
    } catch (thrown) {
      outcome = { at: Date.now(), cause, ok: false, complaints: complaintsOf(thrown), needsRestart: [] }
    }
    this.latest = outcome
    this.#options.told(outcome)
    return outcome
  }
}

const complaintsOf = (thrown: unknown): readonly string[] => {
  if (thrown instanceof ConfigError) return thrown.message.split('\n')
  return [thrown instanceof Error ? thrown.message : String(thrown)]
}

const hashLength = 16

const hashOf = (config: Config): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...describeConfig(config), file: undefined }))
    .digest('hex')
    .slice(0, hashLength)
