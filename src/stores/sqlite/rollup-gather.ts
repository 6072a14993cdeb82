import type { LedgerLine } from '../../core/ledger-line.ts'
import { plainKeys, plainName, type ScopedKey, scopedKeys, scopedNames } from '../line-keys.ts'
import { addLine, noSums, type Sums } from '../line-sums.ts'
import { readLine } from '../matching-line.ts'
import { hourMs } from '../report-time.ts'
import type { Session } from './session.ts'

/** How far lines are summed up: all of the blocks before `block`, and the first `line` lines of that one. */
export interface Mark {
  readonly block: number
  readonly line: number
}

export interface PlainSums {
  readonly hour: number
  /** For each plain key an index into `Gathered.names`. */
  readonly names: readonly number[]
  readonly sums: Sums
}

export interface ScopedSums {
  readonly hour: number
  readonly kind: ScopedKey
  readonly name: string
  readonly sums: Sums
}

/** The sums of the lines between two marks. */
export interface Gathered {
  readonly after: Mark
  readonly upTo: Mark
  readonly names: readonly string[]
  readonly plain: readonly PlainSums[]
  readonly scoped: readonly ScopedSums[]
}

/** The writer is held for as long as it takes to write so many sums: about 10 ms. */
const mostSums = 1_000
/** The reader is held for as long as it takes to read so many lines: about 100 ms. */
const mostLines = 20_000

/** For how long the summing up is left to the process that did it last. */
const patienceMs = 15_000

const readMark = 'SELECT block, line, owner, at FROM rollup_mark WHERE id = 1'
const readBlocks = 'SELECT id, lines FROM blocks WHERE id >= ? ORDER BY id'

/** Adding up lines that are in no sums yet, in the reading thread, so that the writing one has little to do. */
export const rollupReader = ({ database, wall }: Session) => {
  const mark = database.prepare<[], Mark & { owner: string; at: number }>(readMark)
  const blocks = database.prepare<[number], { id: number; lines: string }>(readBlocks)
  return {
    /** Undefined when there are none. With the name of an owner, another who does it already is left to it. */
    gather: (owner: string | undefined): Gathered | undefined => {
      const found = mark.get()
      if (found === undefined) return undefined
      const sinceMs = wall() - found.at
      if (owner !== undefined && found.owner !== owner && sinceMs >= 0 && sinceMs < patienceMs) return undefined
      const gathering = new Gathering({ block: found.block, line: found.line })
      for (const block of blocks.iterate(found.block)) if (!gathering.take(block)) break
      return gathering.result()
    },
  }
}

class Gathering {
  readonly #after: Mark
  #upTo: Mark
  #lines = 0
  readonly #names = new Map<string, number>()
  readonly #plain = new Map<string, PlainSums>()
  readonly #scoped = new Map<string, ScopedSums>()

  constructor(after: Mark) {
    this.#after = after
    this.#upTo = after
  }

  /** False when there is enough for one time. */
  take({ id, lines }: { readonly id: number; readonly lines: string }): boolean {
    const texts = lines.split('\n')
    let next = id === this.#upTo.block ? this.#upTo.line : 0
    for (; next < texts.length; next++) {
      if (this.#lines >= mostLines || this.#plain.size + this.#scoped.size >= mostSums) {
        this.#upTo = { block: id, line: next }
        return false
      }
      this.#add(texts[next] ?? '')
    }
    this.#upTo = { block: id + 1, line: 0 }
    return true
  }

  #add(text: string): void {
    this.#lines++
    const line = text === '' ? undefined : readLine(text)
    if (line === undefined) return
    const hour = Math.floor(line.at / hourMs)
    addLine(this.#plainSums(hour, line), line)
    if (line.endUser === undefined && line.session === undefined && line.tags === undefined) return
    for (const kind of scopedKeys)
      for (const name of scopedNames(line, kind)) addLine(this.#scopedSums(hour, kind, name), line)
  }

  #plainSums(hour: number, line: LedgerLine): Sums {
    let id = `${hour}`
    for (const key of plainKeys) {
      const name = plainName(line, key)
      // With its length before it, no name can look like two.
      id += `,${name.length}:${name}`
    }
    let entry = this.#plain.get(id)
    if (entry === undefined) {
      entry = { hour, names: plainKeys.map((key) => this.#number(plainName(line, key))), sums: noSums() }
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

  result(): Gathered | undefined {
    if (this.#upTo === this.#after) return undefined
    return {
      after: this.#after,
      upTo: this.#upTo,
      names: [...this.#names.keys()],
      plain: [...this.#plain.values()],
      scoped: [...this.#scoped.values()],
    }
  }
}
