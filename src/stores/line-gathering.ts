import type { LedgerLine } from '../core/ledger-line.ts'
import { plainKeys, plainName, type ScopedKey, scopedKeys, scopedNames } from './line-keys.ts'
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

/** Adds lines up, and sums of others. */
export class LineGathering {
  readonly #names = new Map<string, number>()
  readonly #plain = new Map<string, PlainSums>()
  readonly #scoped = new Map<string, ScopedSums>()

  /** Different sums by now. */
  get size(): number {
    return this.#plain.size + this.#scoped.size
  }

  add(line: LedgerLine): void {
    const hour = Math.floor(line.at / hourMs)
    addLine(
      this.#plainSums(hour, (key) => plainName(line, key)),
      line,
    )
    if (line.endUser === undefined && line.session === undefined && line.tags === undefined) return
    for (const kind of scopedKeys)
      for (const name of scopedNames(line, kind)) addLine(this.#scopedSums(hour, kind, name), line)
  }

  addAll({ names, plain, scoped }: GatheredSums): void {
    for (const each of plain) {
      const named = plainKeys.map((_, index) => names[each.names[index] ?? -1] ?? '')
      addSums(
        this.#plainSums(each.hour, (_, index) => named[index] ?? ''),
        each.sums,
      )
    }
    for (const { hour, kind, name, sums } of scoped) addSums(this.#scopedSums(hour, kind, name), sums)
  }

  result(): GatheredSums {
    return { names: [...this.#names.keys()], plain: [...this.#plain.values()], scoped: [...this.#scoped.values()] }
  }

  #plainSums(hour: number, nameOf: (key: (typeof plainKeys)[number], index: number) => string): Sums {
    let id = `${hour}`
    for (let index = 0; index < plainKeys.length; index++) {
      const name = nameOf(plainKeys[index] as (typeof plainKeys)[number], index)
      // With its length before it, no name can look like two.
      id += `,${name.length}:${name}`
    }
    let entry = this.#plain.get(id)
    if (entry === undefined) {
      entry = { hour, names: plainKeys.map((key, index) => this.#number(nameOf(key, index))), sums: noSums() }
      this.#plain.set(id, entry)
    }
    return entry.sums
  }

  #scopedSums(hour: number, kind: ScopedKey, name: string): Sums {
    const id = `${hour} ${kind} ${name}`
    let entry = this.#scoped.get(id)
    if (entry === undefined) {
      entry = { hour, kind, name, sums: noSums() }
      this.#scoped.set(id, entry)
    }
    return entry.sums
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
