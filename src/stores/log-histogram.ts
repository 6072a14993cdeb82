/**
 * Durations counted in buckets that each are 1.5 % wider than the one before, so that a percentile is within 0.75 % of what
 * was recorded. Two of them add up to what one would have counted, in whatever order. Own buckets, because they are sparse:
 * most cells of a roll-up hold a handful of durations, and a list of pairs is read and added quicker than a packed form.
 */
export class LogHistogram {
  /** How many fell into each bucket, from the lowest that holds any to the highest. */
  #counts: number[] = []
  #lowest = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Notes a duration; what is no number, or less than nothing, is nothing. */
  add(ms: number): void {
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) return
    this.#put(ms <= leastMs ? 0 : 1 + Math.floor(Math.log(ms / leastMs) / growth), 1)
  }

  merge(other: LogHistogram): void {
    const { length } = other.#counts
    for (let index = 0; index < length; index++) {
      const count = other.#counts[index] as number
      if (count > 0) this.#put(other.#lowest + index, count)
    }
  }

  /** The least duration that so large a share of all is not above, by nearest rank; undefined: there are none. */
  percentile(share: number): number | undefined {
    if (this.#count === 0) return undefined
    let left = Math.max(1, Math.ceil(share * this.#count))
    const index = this.#counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
    return middleOf(this.#lowest + index)
  }

  /** Buckets and counts in turn. */
  pack(): number[] {
    const packed: number[] = []
    for (const [index, count] of this.#counts.entries()) if (count > 0) packed.push(this.#lowest + index, count)
    return packed
  }

  /** Adds what was packed. */
  unpack(packed: readonly number[]): void {
    for (let index = 0; index + 1 < packed.length; index += 2)
      this.#put(packed[index] as number, packed[index + 1] as number)
  }

  #put(bucket: number, count: number): void {
    const counts = this.#counts
    if (counts.length === 0) this.#lowest = bucket
    if (bucket < this.#lowest) {
      this.#counts = new Array<number>(this.#lowest - bucket).fill(0).concat(counts)
      this.#lowest = bucket
      this.#counts[0] = count
    } else {
      const index = bucket - this.#lowest
      while (counts.length <= index) counts.push(0)
      counts[index] = (counts[index] as number) + count
    }
    this.#count += count
  }
}

const leastMs = 0.01
const growth = Math.log(1.015)

/** The middle of a bucket, in the measure in which buckets are equally wide. */
const middleOf = (bucket: number): number => (bucket === 0 ? leastMs : leastMs * Math.exp((bucket - 0.5) * growth))
