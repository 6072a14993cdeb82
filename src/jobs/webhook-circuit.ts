import type { WebhookStore } from '../stores/webhook-store.ts'

/** What one more failure of an endpoint led to. */
export interface Verdict {
  /** Unix milliseconds before which nothing is sent to it; undefined: it does not rest. */
  readonly restsUntil: number | undefined
  /** Did it begin to rest for failing so often? Told once until it is well again. */
  readonly isNewlyOpen: boolean
  /** Why nothing is sent any more; undefined: it is not disabled. */
  readonly disabledBecause: string | undefined
}

export interface Failure {
  /** Of the answer; undefined: there was none. */
  readonly status: number | undefined
  /** How long it asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/** Keeps an endpoint that fails from taking the room of others, and gives up on one that does for days. */
export interface Circuit {
  failed(endpoint: string, failure: Failure): Promise<Verdict>
  succeeded(endpoint: string): Promise<void>
}

export interface CircuitOptions {
  readonly store: Pick<WebhookStore, 'standings' | 'mark'>
  /** Unix milliseconds. */
  now(): number
  /** After so many failures in a row it rests. Default 5. */
  readonly failures?: number | undefined
  /** First for so long, then twice as long with each further failure, at most 32 times. Default 10 000. */
  readonly restMs?: number | undefined
  /** One that failed for longer is disabled. Default: five days. */
  readonly patienceMs?: number | undefined
}

const dayMs = 86_400_000
/** What others marked is read again this often. */
const knowledgeMs = 60_000
const restsOnDemand: ReadonlySet<number> = new Set([429, 502, 503, 504])

interface Entry {
  failures: number
  failingSince: number | undefined
}

export const createCircuit = (options: CircuitOptions): Circuit => new EndpointCircuit(options)

class EndpointCircuit implements Circuit {
  readonly #store: CircuitOptions['store']
  readonly #now: () => number
  readonly #most: number
  readonly #restMs: number
  readonly #patienceMs: number
  #entries = new Map<string, Entry>()
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor({ store, now, failures = 5, restMs = 10_000, patienceMs = 5 * dayMs }: CircuitOptions) {
    this.#store = store
    this.#now = now
    this.#most = failures
    this.#restMs = restMs
    this.#patienceMs = patienceMs
  }

  async failed(endpoint: string, failure: Failure): Promise<Verdict> {
    const at = this.#now()
    const isHopeless = (since: number | undefined): boolean => since !== undefined && at - since > this.#patienceMs
    const known = await this.#entryOf(endpoint)
    // Before it is given up: somebody may have enabled it since.
    const entry = isHopeless(known.failingSince) ? await this.#entryOf(endpoint, -1) : known
    entry.failures++
    const isNew = entry.failingSince === undefined
    entry.failingSince ??= at
    const rest = this.#restFor(entry.failures, failure)
    const restsUntil = rest > 0 ? at + rest : undefined
    const disabledBecause = whyDisabled(failure, isHopeless(entry.failingSince))
    if (isNew || restsUntil !== undefined || disabledBecause !== undefined)
      await this.#store.mark(endpoint, {
        ...(isNew ? { failingSince: at } : {}),
        ...(restsUntil === undefined ? {} : { restsUntil }),
        ...(disabledBecause === undefined ? {} : { disabled: { at, because: disabledBecause } }),
      })
    return { restsUntil, isNewlyOpen: entry.failures === this.#most, disabledBecause }
  }

  async succeeded(endpoint: string): Promise<void> {
    const entry = await this.#entryOf(endpoint)
    if (entry.failingSince === undefined) return
    entry.failures = 0
    entry.failingSince = undefined
    await this.#store.mark(endpoint, { failingSince: null, restsUntil: null })
  }

  async #entryOf(endpoint: string, oldestMs = knowledgeMs): Promise<Entry> {
    if (this.#now() - this.#readAt > oldestMs) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined
      })
      await this.#reading
    }
    const entry = this.#entries.get(endpoint) ?? { failures: 0, failingSince: undefined }
    this.#entries.set(endpoint, entry)
    return entry
  }

  async #read(): Promise<void> {
    const standings = await this.#store.standings()
    const before = this.#entries
    this.#readAt = this.#now()
    this.#entries = new Map(
      standings.map(({ endpoint, failingSince }) => {
        const failures = failingSince === undefined ? 0 : (before.get(endpoint)?.failures ?? 0)
        return [endpoint, { failures, failingSince }]
      }),
    )
  }

  #restFor(failures: number, { status, retryAfterMs }: Failure): number {
    const asked = status !== undefined && restsOnDemand.has(status) ? (retryAfterMs ?? 0) : 0
    const own = failures < this.#most ? 0 : this.#restMs * 2 ** Math.min(failures - this.#most, 5)
    return Math.min(Math.max(asked, own), dayMs)
  }
}

const whyDisabled = ({ status }: Failure, isHopeless: boolean): string | undefined => {
  if (status === 410) return 'it answered 410: it wants nothing any more'
  return isHopeless ? 'it failed for more than five days' : undefined
}
