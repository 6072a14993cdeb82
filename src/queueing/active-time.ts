/** A time that stands still while nobody can have a turn, so that pauses say nothing of how fast turns come. */
export class ActiveTime {
  /** The end of the latest pause, on the process clock. */
  until = 0
  #from = 0
  #lost = 0

  at(now: number): number {
    return now < this.until ? this.#from - this.#lost : now - this.#lost - (this.until - this.#from)
  }

  /** A shorter pause than the present one changes nothing. */
  pause(until: number, now: number): void {
    if (until <= this.until) return
    if (now >= this.until) {
      this.#lost += this.until - this.#from
      this.#from = now
    }
    this.until = until
  }
}
