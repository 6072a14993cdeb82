import type { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { restMsAfter } from '../core/rest.ts'
import type { WeighedIdentity } from '../providers/provider.ts'
import { distanceTo, hashOf } from '../routing/rendezvous.ts'
import { belongingOf, type StickyKind } from '../routing/sticky.ts'
import type { KeyRests } from './key-rests.ts'

type Headers = WeighedIdentity['headers']

interface Key {
  readonly headers: Headers
  readonly weight: number
  readonly ordinal: number
  /** Names it in the rests; holds the key, so it is never told. */
  readonly id: string
  readonly hash: number
}

/** Statuses by which an upstream speaks of the key itself; anything else would be the same with another one. */
const ofTheKey: ReadonlySet<number | undefined> = new Set([401, 402, 403, 429])

const known: readonly StickyKind[] = ['session', 'endUser', 'user', 'key']
/** Where everybody is let in, all calls have one name: how their prompts begin tells them apart. */
const nameless: readonly StickyKind[] = ['session', 'endUser', 'user', 'prefix']

/**
 * The keys of one provider. A caller keeps to one of them, by weight, as long as it works, since providers keep prompts per
 * key. One that is limited, unpaid or refused is left alone for a while, and the same question goes out under the next.
 */
export class KeyRing {
  readonly #provider: string
  readonly #keys: readonly Key[]
  readonly #rests: KeyRests

  constructor(provider: string, identities: readonly WeighedIdentity[], rests: KeyRests) {
    this.#provider = provider
    this.#rests = rests
    this.#keys = identities.map(({ headers, weight }, index) => {
      const id = `${provider}\n${JSON.stringify(headers)}`
      return { headers, weight, ordinal: index + 1, id, hash: hashOf(id) }
    })
  }

  /** Asks under one key after another, until one is taken. Throws what the last one met, or that all of them rest. */
  async ask(attempt: Attempt, send: (headers: Headers) => Promise<Answer>): Promise<Answer> {
    let last: GatewayError | undefined
    for (const key of this.#order(attempt)) {
      if (this.#rests.restMs(key.id) > 0) continue
      try {
        return await send(key.headers)
      } catch (thrown) {
        last = asGatewayError(thrown)
        if (!this.#setAside(key, last, attempt)) throw last
      }
    }
    throw this.#exhausted(last)
  }

  #order(attempt: Attempt): readonly Key[] {
    const kinds = attempt.caller.key === 'anonymous' ? nameless : known
    const belonging = hashOf(belongingOf(attempt, kinds) ?? attempt.id)
    return this.#keys
      .map((key) => ({ key, at: distanceTo(key.hash, key.weight, belonging) }))
      .sort((one, other) => one.at - other.at)
      .map(({ key }) => key)
  }

  /** False where the failure says nothing of the key. */
  #setAside(key: Key, { details }: GatewayError, { line }: Attempt): boolean {
    const { outcome, retryAfterMs } = details
    if (outcome === undefined || !ofTheKey.has(line.status)) return false
    const restMs = restMsAfter(outcome, retryAfterMs)
    if (restMs === undefined) return false
    this.#rests.rest(key.id, { provider: this.#provider, ordinal: key.ordinal, outcome, restMs })
    return true
  }

  /** What is told when no key is left: a limit as long as one of them comes back from one soon. */
  #exhausted(last: GatewayError | undefined): GatewayError {
    const retryAfterMs = Math.ceil(Math.min(...this.#keys.map(({ id }) => this.#rests.restMs(id))))
    if (last) return last.details.outcome === 'throttled' ? last.with({ retryAfterMs }) : last
    return new GatewayError('upstream_throttled', `All keys of ${this.#provider} are left alone for a while.`, {
      outcome: 'throttled',
      retryAfterMs,
    })
  }
}
