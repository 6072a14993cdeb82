import type { LedgerLine } from '../core/ledger-line.ts'
import {
  type Named,
  type PlainKey,
  plainKeys,
  plainName,
  type ScopedKey,
  scopedKeys,
  scopedNames,
} from './line-keys.ts'
import { addLine, addSums, noSums, type Sums } from './line-sums.ts'
import { hourMs } from './report-time.ts'

export interface PlainSums {
  readonly hour: number
  /** For each plain key an index into the names beside it. */
  readonly names: readonly number[]
  readonly sums: Sums
}

export interface ScopedSums {
  readonly hour: number
  readonly kind: ScopedKey
  readonly name: string
  readonly sums: Sums
}

/** What lines add up to: by hour for every combination of names that occurred, and for each made-up name by itself. */
export interface GatheredSums {
  readonly names: readonly string[]
  readonly plain: readonly PlainSums[]
  readonly scoped: readonly ScopedSums[]
}

/** Sums, with the names they are of. */
interface NamedSums {
  readonly named: Named
  readonly sums: Sums
  readonly before: NamedSums | undefined
}

/** The sums of one hour, where they are found again without making one name of several. */
interface Hour {
  /** By key, then by target: few differ only in the rest. */
  readonly plain: Map<string, Map<string, NamedSums>>
  readonly scoped: Readonly<Record<ScopedKey, Map<string, Sums>>>
}

/** Adds lines up, and sums of others. */
export class LineGathering {
  readonly #hours = new Map<number, Hour>()
  readonly #names = new Map<string, number>()
  readonly #plain: PlainSums[] = []
  readonly #scoped: ScopedSums[] = []

  /** Different sums by now. */
  get size(): number {
    return this.#plain.length + this.#scoped.length
  }

  add(line: LedgerLine): void {
    const hour = Math.floor(line.at / hourMs)
    addLine(this.#plainSums(hour, line), line)
    if (line.endUser === undefined && line.session === undefined && line.tags === undefined) return
    for (const kind of scopedKeys)
      for (const name of scopedNames(line, kind)) addLine(this.#scopedSums(hour, kind, name), line)
  }

  addAll({ names, plain, scoped }: GatheredSums): void {
    for (const each of plain) {
      const nameOf = (key: PlainKey): string => names[each.names[plainKeys.indexOf(key)] ?? -1] ?? ''
      const named = {
        org: nameOf('org'),
        team: nameOf('team'),
        user: nameOf('user'),
        key: nameOf('key'),
        model: nameOf('model'),
        target: nameOf('target'),
        outcome: nameOf('outcome'),
      }
      addSums(this.#plainSums(each.hour, named), each.sums)
    }
    for (const { hour, kind, name, sums } of scoped) addSums(this.#scopedSums(hour, kind, name), sums)
  }

  result(): GatheredSums {
    return { names: [...this.#names.keys()], plain: this.#plain, scoped: this.#scoped }
  }

  #plainSums(hour: number, named: Named): Sums {
    const { plain } = this.#hour(hour)
    let byTarget = plain.get(named.key)
    if (byTarget === undefined) {
      byTarget = new Map()
      plain.set(named.key, byTarget)
    }
    const latest = byTarget.get(named.target)
    for (let found = latest; found; found = found.before) if (isSame(found.named, named)) return found.sums
    const sums = noSums()
    byTarget.set(named.target, { named, sums, before: latest })
    this.#plain.push({ hour, names: plainKeys.map((key) => this.#number(plainName(named, key))), sums })
    return sums
  }

  #scopedSums(hour: number, kind: ScopedKey, name: string): Sums {
    const byName = this.#hour(hour).scoped[kind]
    let sums = byName.get(name)
    if (sums === undefined) {
      sums = noSums()
      byName.set(name, sums)
      this.#scoped.push({ hour, kind, name, sums })
    }
    return sums
  }

  #hour(hour: number): Hour {
    let found = this.#hours.get(hour)
    if (found === undefined) {
      found = { plain: new Map(), scoped: { end_user: new Map(), session: new Map(), tag: new Map() } }
      this.#hours.set(hour, found)
    }
    return found
  }

  #number(name: string): number {
    let number = this.#names.get(name)
    if (number === undefined) {
      number = this.#names.size
      this.#names.set(name, number)
    }
    return number
  }
}

/** Of the same key and target. */
const isSame = (one: Named, other: Named): boolean =>
  one.model === other.model &&
  one.outcome === other.outcome &&
  isSameName(one.org, other.org) &&
  isSameName(one.team, other.team) &&
  isSameName(one.user, other.user)

/** No name is an empty one. */
const isSameName = (one = '', other = ''): boolean => one === other
