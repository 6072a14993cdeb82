/** What a heap holds: the least `at` comes first, then the least `order`. */
export interface Ranked {
  at: number
  readonly order: number
}

const isBefore = (one: Ranked, other: Ranked): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order)

/** Gives the least of many in logarithmic time. What is in it changes its `at` by `moveLeast` alone. */
export class Heap<T extends Ranked> {
  readonly #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  get least(): T | undefined {
    return this.#items[0]
  }

  add(item: T): void {
    const items = this.#items
    let index = items.length
    items.push(item)
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = items[parent] as T
      if (!isBefore(item, above)) break
      items[index] = above
      index = parent
    }
    items[index] = item
  }

  takeLeast(): T | undefined {
    const items = this.#items
    const least = items[0]
    const last = items.pop()
    if (last !== undefined && items.length > 0) this.#sink(last)
    return least
  }

  /** The least has a later place now. */
  moveLeast(at: number): void {
    const least = this.#items[0]
    if (!least) return
    least.at = at
    this.#sink(least)
  }

  #sink(item: T): void {
    const items = this.#items
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= items.length) break
      if (child + 1 < items.length && isBefore(items[child + 1] as T, items[child] as T)) child++
      const below = items[child] as T
      if (!isBefore(below, item)) break
      items[index] = below
      index = child
    }
    items[index] = item
  }
}
