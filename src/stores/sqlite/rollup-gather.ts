import { type GatheredSums, LineGathering } from '../line-gathering.ts'
import { readLine } from '../matching-line.ts'
import { readBlockSums } from './block-sums.ts'
import type { Session } from './session.ts'

/** How far lines are summed up: all of the blocks before `block`, and the first `line` lines of that one. */
export interface Mark {
  readonly block: number
  readonly line: number
}

/** The sums of the lines between two marks. */
export interface Gathered extends GatheredSums {
  readonly after: Mark
  readonly upTo: Mark
}

/** The writer is held for as long as it takes to write so many sums: about 10 ms. */
const mostSums = 1_000
/** The reader is held for as long as it takes to read so many lines: about 100 ms. */
const mostLines = 20_000

/** For how long the summing up is left to the process that did it last. */
const patienceMs = 15_000

const readMark = 'SELECT block, line, owner, at FROM rollup_mark WHERE id = 1'
/** Lines are not even read where their sums are there. */
const readBlocks = `SELECT id, sums, iif(sums IS NULL, lines, '') AS lines
  FROM blocks LEFT JOIN block_sums ON block = id WHERE id >= ? ORDER BY id`

/** Adding up lines that are in no sums yet, in the reading thread, so that the writing one has little to do. */
export const rollupReader = ({ database, wall }: Session) => {
  const mark = database.prepare<[], Mark & { owner: string; at: number }>(readMark)
  const blocks = database.prepare<[number], Block>(readBlocks)
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

interface Block {
  readonly id: number
  /** Empty where the sums are there. */
  readonly lines: string
  /** What its lines add up to, where that was written with them. */
  readonly sums: string | null
}

class Gathering {
  readonly #after: Mark
  #upTo: Mark
  #lines = 0
  readonly #gathering = new LineGathering()

  constructor(after: Mark) {
    this.#after = after
    this.#upTo = after
  }

  /** False when there is enough for one time. */
  take({ id, lines, sums }: Block): boolean {
    if (this.#gathering.size >= mostSums) return false
    let next = id === this.#upTo.block ? this.#upTo.line : 0
    if (sums !== null) this.#gathering.addAll(readBlockSums(sums))
    else {
      const texts = lines.split('\n')
      for (; next < texts.length; next++) {
        if (this.#lines >= mostLines || this.#gathering.size >= mostSums) {
          this.#upTo = { block: id, line: next }
          return false
        }
        this.#add(texts[next] ?? '')
      }
    }
    this.#upTo = { block: id + 1, line: 0 }
    return true
  }

  #add(text: string): void {
    this.#lines++
    const line = text === '' ? undefined : readLine(text)
    if (line !== undefined) this.#gathering.add(line)
  }

  result(): Gathered | undefined {
    if (this.#upTo === this.#after) return undefined
    return { after: this.#after, upTo: this.#upTo, ...this.#gathering.result() }
  }
}
