const slotsPerWindow = 1_000
/** What was sent at the same pace does not arrive at the same pace: the window is longer by this share. */
const slack = 1 / 250

/** What was used in the last stretch of time. A slot that is only partly inside of it counts whole. */
export class SlidingSum {
  readonly windowMs: number
  readonly #slotMs: number
  readonly #slots = new Float64Array(slotsPerWindow + 8)
  #total = 0
  /** The slot that ages out next, and the latest that may hold something. */
  #oldest = 0
  #latest = -1

  constructor(windowMs: number) {
    this.windowMs = windowMs * (1 + slack)
    this.#slotMs = this.windowMs / slotsPerWindow
  }

  /** Uses so much; less than 0 takes back what was not used after all. What was long ago is nothing. */
  add(amount: number, at: number, now = at): void {
    this.#age(now)
    const slot = Math.max(this.#oldest, Math.floor(at / this.#slotMs))
    if (this.#expiry(Math.floor(at / this.#slotMs)) <= now) return
    const index = slot % this.#slots.length
    const before = this.#slots[index] as number
    const after = Math.max(0, before + amount)
    this.#slots[index] = after
    this.#total += after - before
    if (slot > this.#latest) this.#latest = slot
  }

  sum(now: number): number {
    this.#age(now)
    return this.#total
  }

  /** When so much of it will have aged out; undefined: there is not so much. */
  freesAt(amount: number, now: number): number | undefined {
    this.#age(now)
    let freed = 0
    for (let slot = this.#oldest; slot <= this.#latest; slot++) {
      freed += this.#slots[slot % this.#slots.length] as number
      if (freed >= amount) return this.#expiry(slot)
    }
    return undefined
  }

  #expiry(slot: number): number {
    return (slot + 1) * this.#slotMs + this.windowMs
  }

  #age(now: number): void {
    const first = Math.floor((now - this.windowMs) / this.#slotMs)
    if (first > this.#latest) {
      if (this.#total !== 0) this.#slots.fill(0)
      this.#total = 0
      this.#oldest = Math.max(0, first)
      this.#latest = this.#oldest - 1
      return
    }
    for (; this.#oldest < first; this.#oldest++) {
      const index = this.#oldest % this.#slots.length
      this.#total -= this.#slots[index] as number
      this.#slots[index] = 0
    }
  }
}
