const firstBytes = 64 * 1024
const mostBytesPerUnit = 3

/**
 * Lines that wait, as bytes outside the heap: as strings they would outlive several collections, each of which would copy
 * them all.
 */
export class LineBuffer {
  /** Lines that wait. */
  count = 0
  #bytes = Buffer.allocUnsafe(firstBytes)
  #used = 0

  add(line: string): void {
    const most = this.#used + line.length * mostBytesPerUnit + 1
    if (most > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(most, 2 * this.#bytes.length))
      this.#bytes.copy(larger, 0, 0, this.#used)
      this.#bytes = larger
    }
    this.#used += this.#bytes.write(line, this.#used)
    this.#bytes[this.#used++] = 0x0a
    this.count++
  }

  /** All of them, each with its line feed; none is left. */
  take(): string {
    const text = this.#bytes.toString('utf8', 0, this.#used)
    this.#used = 0
    this.count = 0
    return text
  }
}
