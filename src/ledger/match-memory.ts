import type { Bound } from '../core/allowance.ts'
import type { Caller } from '../core/call.ts'

/** Which names that callers make up are asked for by allowances; others make no difference. */
export interface MadeUpNames {
  readonly endUsers: boolean
  readonly sessions: boolean
  readonly tags: boolean
}

/** What binds one caller that asks one provider for one model. */
interface Found {
  readonly caller: Caller
  readonly model: string
  readonly provider: string
  readonly bounds: readonly Bound[]
  readonly before: Found | undefined
  /** How many there are from here on. */
  readonly length: number
}

/** So many are remembered, then all are forgotten: whoever calls on is soon known again. */
const most = 8_192
/** So many are found under one name; they are gone through one by one. */
const mostOfOne = 16

/**
 * Remembers what binds whom. By name, not by object: a caller that says for whom it asks is another object in each of its
 * calls. A name only says where to look; whoever is found there is compared whole.
 */
export class MatchMemory {
  readonly #known = new Map<string, Found>()
  #size = 0
  readonly #names: MadeUpNames

  constructor(names: MadeUpNames) {
    this.#names = names
  }

  find(caller: Caller, model: string, provider: string): readonly Bound[] | undefined {
    for (let found = this.#known.get(this.#placeOf(caller)); found; found = found.before)
      if (found.model === model && found.provider === provider && this.#isSame(found.caller, caller))
        return found.bounds
    return undefined
  }

  keep(caller: Caller, model: string, provider: string, bounds: readonly Bound[]): void {
    if (this.#size >= most) {
      this.#known.clear()
      this.#size = 0
    }
    const place = this.#placeOf(caller)
    const known = this.#known.get(place)
    const before = known && known.length < mostOfOne ? known : undefined
    if (known && !before) this.#size -= known.length
    this.#known.set(place, { caller, model, provider, bounds, before, length: (before?.length ?? 0) + 1 })
    this.#size++
  }

  /** How many are remembered. */
  get size(): number {
    return this.#size
  }

  /** The name of which there are the most: so few are found under one. */
  #placeOf({ key, session, endUser }: Caller): string {
    const { sessions, endUsers } = this.#names
    return (sessions ? session : undefined) ?? (endUsers ? endUser : undefined) ?? key
  }

  #isSame(one: Caller, other: Caller): boolean {
    const { endUsers, sessions, tags } = this.#names
    return (
      one.key === other.key &&
      one.team === other.team &&
      one.user === other.user &&
      one.org === other.org &&
      (!endUsers || one.endUser === other.endUser) &&
      (!sessions || one.session === other.session) &&
      (!tags || isSameTags(one.tags, other.tags))
    )
  }
}

const isSameTags = (one: Caller['tags'] = {}, other: Caller['tags'] = {}): boolean => {
  if (one === other) return true
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
