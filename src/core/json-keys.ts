/** So many keys of an object are compared one by one, which needs no memory; objects with more get a set. */
const few = 16

/** The keys of the objects that are open while a body is scanned, as places among its bytes, innermost last. */
export class OpenKeys {
  readonly #bytes: Buffer
  /** Start and end of each key. */
  readonly #places: number[] = []
  #used = 0
  /** Where in the places the keys of each depth begin. */
  readonly #bases: number[] = [0]
  readonly #sets: (Set<string> | undefined)[] = [undefined]

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** An object begins inside the innermost one. */
  open(): void {
    this.#bases.push(this.#used)
    this.#sets.push(undefined)
  }

  /** The innermost object ends. */
  close(): void {
    this.#used = this.#bases.pop() as number
    this.#sets.pop()
  }

  /** False when the innermost object has this key already. `unescaped` is given where its bytes have escapes in them. */
  add(start: number, end: number, unescaped: string | undefined): boolean {
    const base = this.#bases[this.#bases.length - 1] as number
    const set = this.#sets[this.#sets.length - 1]
    if (set !== undefined || unescaped !== undefined || this.#used - base >= 2 * few) {
      return addTo(set ?? this.#startSet(base), unescaped ?? this.#bytes.toString('utf8', start, end))
    }
    const length = end - start
    for (let index = base; index < this.#used; index += 2) {
      const from = this.#places[index] as number
      if ((this.#places[index + 1] as number) - from === length && this.#equal(from, start, end)) return false
    }
    this.#places[this.#used++] = start
    this.#places[this.#used++] = end
    return true
  }

  #equal(from: number, start: number, end: number): boolean {
    const bytes = this.#bytes
    for (let at = start, other = from; at < end; at++, other++) if (bytes[at] !== bytes[other]) return false
    return true
  }

  #startSet(base: number): Set<string> {
    const set = new Set<string>()
    for (let index = base; index < this.#used; index += 2)
      set.add(this.#bytes.toString('utf8', this.#places[index], this.#places[index + 1]))
    this.#sets[this.#sets.length - 1] = set
    return set
  }
}

const addTo = (set: Set<string>, key: string): boolean => {
  const size = set.size
  return set.add(key).size > size
}
