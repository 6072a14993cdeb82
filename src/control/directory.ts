import type { Allowance, Match } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { ControlStore } from '../stores/store.ts'
import { createCallers, type KnownKey } from './callers.ts'
import type { Declaration } from './declaration.ts'
import { type DirectoryLog, Followed } from './followed.ts'
import { digestOf } from './key-format.ts'
import { mergedAllowances } from './merged.ts'

/** Says who a credential belongs to. Throws `unauthenticated`, always in the same words. */
export type Authenticate = (credential: string | undefined) => Caller

export interface DirectoryOptions {
  /** What the configuration says; it goes before what administrators made. */
  readonly config: Declaration
  readonly control: ControlStore
  /** Makes the function that tells which allowances bind whom. */
  readonly createMatch: (allowances: readonly Allowance[]) => Match
  readonly log: DirectoryLog
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined
}

/** Everybody who may call and what they may use: the configuration and what administrators made, always up to date. */
export interface Directory {
  readonly authenticate: Authenticate
  /** Which allowances bind whom, as of now: made anew when they change. */
  match(): Match
  readonly allowances: readonly Allowance[]
  /** Everybody who could call now, by the name of the key. */
  readonly callers: ReadonlyMap<string, Caller>
  /** Whoever a name of a key stands for now; undefined: no key of this name is good any more. */
  named(key: string): Caller | undefined
  /** True while nobody ever had a key: then everybody is let in, as `anonymous`. */
  readonly isOpen: boolean
  /** What the configuration says; it always reads as the latest. */
  readonly declared: Declaration
  /** Was a key ever made by an administrator? */
  readonly hasMadeKeys: boolean
  /** Another configuration is in force from now on. */
  declare(config: Declaration): void
  /** Reads what changed in the store; what was made in this process holds when it is through. */
  refresh(): Promise<void>
  close(): void
}

const anonymous: Caller = { key: 'anonymous' }
const longestKey = 512

/** Opens a directory that follows its store. Rejects when the store cannot be read. */
export const createDirectory = async (options: DirectoryOptions): Promise<Directory> => {
  const secret = await options.control.secret()
  const directory = new StoreDirectory(options, secret)
  await directory.begin()
  return directory
}

class StoreDirectory implements Directory {
  allowances: readonly Allowance[] = []
  callers: ReadonlyMap<string, Caller> = new Map()
  isOpen = true
  readonly #options: Omit<DirectoryOptions, 'config'>
  #config: Declaration
  readonly #secret: Uint8Array
  readonly #now: () => number
  readonly #followed: Followed
  /** Digests of those that are declared. */
  #digests: ReadonlyMap<string, string>
  /** Tells each clash once. */
  readonly #log: DirectoryLog
  #match: Match
  #keys: ReadonlyMap<string, KnownKey> = new Map()
  /** When each caller's last key expires, in Unix milliseconds. */
  #ends: ReadonlyMap<string, number> = new Map()
  /** Keys that were recognised before, by what was sent; there are never more than there are keys. */
  readonly #recognised = new Map<string, KnownKey>()

  constructor({ config, ...options }: DirectoryOptions, secret: Uint8Array) {
    this.#options = options
    this.#config = config
    this.#secret = secret
    this.#now = options.now ?? Date.now
    this.#digests = digestsOf(config, secret)
    this.#match = options.createMatch([])
    this.#followed = new Followed(options.control, options.log)
    this.#log = once(options.log)
  }

  async begin(): Promise<void> {
    await this.#followed.begin(() => this.#rebuild())
  }

  refresh(): Promise<void> {
    return this.#followed.refresh()
  }

  readonly declared: Declaration = new LatestDeclaration(() => this.#config)

  get hasMadeKeys(): boolean {
    return this.#followed.hasKeys
  }

  declare(config: Declaration): void {
    this.#config = config
    this.#digests = digestsOf(config, this.#secret)
    this.#rebuild()
  }

  close(): void {
    this.#followed.close()
  }

  match(): Match {
    return this.#match
  }

  readonly authenticate: Authenticate = (credential) => {
    if (this.isOpen) return anonymous
    const key = credential === undefined ? undefined : (this.#recognised.get(credential) ?? this.#find(credential))
    if (key !== undefined && this.#now() < key.until) return key.caller
    throw new GatewayError(
      'unauthenticated',
      'No valid key was given. Send it as "Authorization: Bearer <key>" or "x-api-key: <key>".',
    )
  }

  named(key: string): Caller | undefined {
    if (this.isOpen) return key === anonymous.key ? anonymous : undefined
    const until = this.#ends.get(key)
    return until !== undefined && this.#now() < until ? this.callers.get(key) : undefined
  }

  /** The same work for every credential, whatever is wrong with it; what is kept are digests, so nothing is compared byte by byte. */
  #find(credential: string): KnownKey | undefined {
    const key = this.#keys.get(digestOf(credential.slice(0, longestKey + 1), this.#secret))
    if (key !== undefined) this.#recognised.set(credential, key)
    return key
  }

  #rebuild(): void {
    const config = this.#config
    const log = this.#log
    const entries = this.#followed
    const { keys, callers } = createCallers(config, { declared: this.#digests, entries, log, before: this.callers })
    this.#keys = keys
    this.callers = callers
    this.#ends = endsOf(keys)
    this.#recognised.clear()
    this.isOpen = config.keys.length === 0 && !entries.hasKeys
    const allowances = mergedAllowances(config.allowances, entries, log)
    if (isSame(allowances, this.allowances)) return
    this.allowances = allowances
    this.#match = this.#options.createMatch(allowances)
  }
}

const endsOf = (keys: ReadonlyMap<string, KnownKey>): ReadonlyMap<string, number> => {
  const ends = new Map<string, number>()
  for (const { caller, until } of keys.values()) ends.set(caller.key, Math.max(until, ends.get(caller.key) ?? 0))
  return ends
}

const digestsOf = ({ keys }: Declaration, secret: Uint8Array): ReadonlyMap<string, string> =>
  new Map(keys.map(({ name, key }) => [name, digestOf(key, secret)]))

/** For those who keep what they were given at the start. */
class LatestDeclaration implements Declaration {
  readonly #latest: () => Declaration

  constructor(latest: () => Declaration) {
    this.#latest = latest
  }

  get keys(): Declaration['keys'] {
    return this.#latest().keys
  }

  get scopes(): Declaration['scopes'] {
    return this.#latest().scopes
  }

  get allowances(): Declaration['allowances'] {
    return this.#latest().allowances
  }
}

const once = (log: DirectoryLog): DirectoryLog => {
  const told = new Set<string>()
  return {
    error: (facts, message) => {
      const line = message + JSON.stringify(facts)
      if (!told.has(line)) log.error(facts, message)
      told.add(line)
    },
  }
}

const isSame = (one: readonly Allowance[], other: readonly Allowance[]): boolean =>
  one.length === other.length && one.every((allowance, at) => allowance === other[at])
