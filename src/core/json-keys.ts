/** So many keys of an object are compared one by one, which needs no memory; of more the hashes are remembered. */
const few = 16

/** The keys of the objects that are open while a body is scanned, as places among its bytes, innermost last. */
export class OpenKeys {
  readonly #bytes: Buffer
  /** Start and end of each key. */
  readonly #places: number[] = []
  #used = 0
  /** Where in the places the keys of each depth begin. */
  readonly #bases: number[] = [0]
  /** The keys as text, where bytes do not tell them apart: they have escapes, or two have one hash. */
  readonly #sets: (Set<string> | undefined)[] = [undefined]
  /** Hashes of keys, and the place of each. A set of that many texts would take several times as long. */
  readonly #hashes: (Map<number, number> | undefined)[] = [undefined]

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** An object begins inside the innermost one. */
  open(): void {
    this.#bases.push(this.#used)
    this.#sets.push(undefined)
    this.#hashes.push(undefined)
  }

  /** The innermost object ends. */
  close(): void {
    this.#used = this.#bases.pop() as number
    this.#sets.pop()
    this.#hashes.pop()
  }

  /** False when the innermost object has this key already. `unescaped` is given where its bytes have escapes in them. */
  add(start: number, end: number, unescaped: string | undefined): boolean {
    const base = this.#bases[this.#bases.length - 1] as number
    const set = this.#sets[this.#sets.length - 1]
    if (set !== undefined || unescaped !== undefined)
      return addTo(set ?? this.#startSet(base), unescaped ?? this.#bytes.toString('utf8', start, end))
    if (this.#used - base >= 2 * few) return this.#addHashed(base, start, end)
    const length = end - start
    for (let index = base; index < this.#used; index += 2) {
      const from = this.#places[index] as number
      if ((this.#places[index + 1] as number) - from === length && this.#equal(from, start, end)) return false
    }
    this.#places[this.#used++] = start
    this.#places[this.#used++] = end
    return true
  }

  #addHashed(base: number, start: number, end: number): boolean {
    const hashes = this.#hashes[this.#hashes.length - 1] ?? this.#startHashes(base)
    const hash = this.#hash(start, end)
    const index = hashes?.get(hash)
    if (!hashes || index !== undefined) {
      if (index !== undefined && this.#isAt(index, start, end)) return false
      return addTo(this.#startSet(base), this.#bytes.toString('utf8', start, end))
    }
    hashes.set(hash, this.#used)
    this.#places[this.#used++] = start
    this.#places[this.#used++] = end
    return true
  }

  /** Undefined: two of the keys so far have one hash. */
  #startHashes(base: number): Map<number, number> | undefined {
    const hashes = new Map<number, number>()
    for (let index = base; index < this.#used; index += 2)
      hashes.set(this.#hash(this.#places[index] as number, this.#places[index + 1] as number), index)
    if (hashes.size < (this.#used - base) / 2) return undefined
    this.#hashes[this.#hashes.length - 1] = hashes
    return hashes
  }

  /** FNV-1a. */
  #hash(start: number, end: number): number {
    const bytes = this.#bytes
    let hash = 0x811c9dc5
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
    return hash
  }

  #isAt(index: number, start: number, end: number): boolean {
    const from = this.#places[index] as number
    return (this.#places[index + 1] as number) - from === end - start && this.#equal(from, start, end)
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
