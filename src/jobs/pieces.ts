import type { JobPiece } from '../stores/job-store.ts'

/** Pieces are told so often at most. */
const everyMs = 250
/** What followers are told of one attempt at most, in characters; the result has everything. */
const mostText = 1_048_576

/** Gathers what a stream says into few pieces for those who follow its job. The first is told at once. */
export class Pieces {
  readonly #attempt: number
  readonly #tell: (piece: JobPiece) => void
  #text = ''
  #sequence = 0
  #told = 0
  #timer: NodeJS.Timeout | undefined

  constructor(attempt: number, tell: (piece: JobPiece) => void) {
    this.#attempt = attempt
    this.#tell = tell
  }

  say(text: string): void {
    if (this.#told + this.#text.length >= mostText) return
    this.#text += text
    this.#timer ??= setTimeout(this.#flush, this.#sequence === 0 ? 0 : everyMs)
  }

  /** Nothing more is said; what is left is in the result. */
  end(): void {
    clearTimeout(this.#timer)
    this.#text = ''
  }

  readonly #flush = (): void => {
    this.#timer = undefined
    const text = this.#text.slice(0, mostText - this.#told)
    this.#text = ''
    this.#told += text.length
    this.#tell({ sequence: ++this.#sequence, attempt: this.#attempt, text })
  }
}
