import type { Answerer, Answering, Ring, Task } from './bell.ts'
import { createFailing, type Report } from './failing.ts'

export interface PlacesOptions {
  readonly report: Report
  /** Free places look for jobs by themselves this often, in milliseconds; undefined: they are told of every job. */
  readonly lookMs?: number | undefined
}

/** More than any process has places; what lies beyond is found by asking on. */
const mostRings = 1_000

/**
 * The places of one answerer in this process, filled while there are jobs, whatever woke them. How many are asked for at once is what is
 * known to be there: one for each ring, and while every question finds one, ever more. So a single job costs two questions, and a
 * thousand fill all places within a few rounds.
 */
export class Places implements Answering {
  readonly #answerer: Answerer
  readonly #report: Report
  readonly #failing = createFailing()
  readonly #ended = Promise.withResolvers<void>()
  #rings: Ring[] = []
  /** Counts what rang, so that an answer is known to be older than a ring. */
  #round = 0
  #taking = 0
  #working = 0
  /** Questions in a row that found a job. */
  #streak = 0
  #mayBeMore = false
  #isClosed = false
  #pause: NodeJS.Timeout | undefined
  readonly #looking: NodeJS.Timeout | undefined
  #freed: PromiseWithResolvers<void> | undefined
  /** Those who wait for an answer to what had rung by then. */
  #unanswered: { readonly round: number; tell(isAnswered: boolean): void }[] = []

  constructor(answerer: Answerer, { report, lookMs }: PlacesOptions) {
    this.#answerer = answerer
    this.#report = report
    if (lookMs !== undefined) this.#looking = setInterval(() => this.wake([]), lookMs)
  }

  /** Says that there are jobs: one for each ring; without rings, that there may be some. */
  wake(rings: readonly Ring[]): void {
    if (this.#isClosed) return
    this.#round += 1
    this.#mayBeMore = true
    this.#rings.push(...rings.slice(0, mostRings - this.#rings.length))
    this.#fill()
  }

  /** Says that something rang. However many ring while a question is under way, one more is asked after it. */
  hear(ring: Ring | undefined): void {
    this.wake(ring && this.#taking === 0 ? [ring] : [])
  }

  /** Nothing was begun that did not end, and nothing is being asked for. */
  get isIdle(): boolean {
    return this.room === this.#answerer.concurrency
  }

  /** How many could begin at once; 0 while nothing can be asked for. */
  get room(): number {
    return this.#isClosed || this.#pause ? 0 : this.#answerer.concurrency - this.#taking - this.#working
  }

  /** Fulfilled when there is room, or they are closed. */
  async free(): Promise<void> {
    while (!this.#isClosed && this.room <= 0) {
      this.#freed ??= Promise.withResolvers()
      await this.#freed.promise
    }
  }

  /** Did the store answer what has rung until now, with a job or that there is none? False: they were closed before. */
  async answered(): Promise<boolean> {
    if (this.#isClosed) return false
    const answer = Promise.withResolvers<boolean>()
    this.#unanswered.push({ round: this.#round, tell: answer.resolve })
    return answer.promise
  }

  close(): Promise<void> {
    this.#isClosed = true
    for (const { tell } of this.#unanswered) tell(false)
    clearTimeout(this.#pause)
    clearInterval(this.#looking)
    this.#fill()
    return this.#ended.promise
  }

  #fill(): void {
    while (this.room > 0 && this.#isWorthAsking()) void this.#ask()
    if (this.room > 0 || this.#isClosed) this.#tellFree()
    if (this.#isClosed && this.#taking + this.#working === 0) this.#ended.resolve()
  }

  #tellFree(): void {
    this.#freed?.resolve()
    this.#freed = undefined
  }

  #tellAnswered(asked: number): void {
    for (const { round, tell } of this.#unanswered) if (round <= asked) tell(true)
    this.#unanswered = this.#unanswered.filter(({ round }) => round > asked)
  }

  #isWorthAsking(): boolean {
    return this.#rings.length > 0 || (this.#mayBeMore && this.#taking <= Math.floor(this.#streak / 2))
  }

  async #ask(): Promise<void> {
    const asked = this.#round
    this.#taking += 1
    try {
      const task = await this.#answerer.take(this.#rings.shift())
      this.#failing.passed()
      this.#tellAnswered(asked)
      if (task) void this.#work(task)
      else this.#nothingSince(asked)
      this.#streak = task ? this.#streak + 1 : 0
    } catch (err) {
      this.#report('A worker could not ask for jobs.', { err })
      this.#again()
    }
    this.#taking -= 1
    this.#fill()
  }

  async #work(task: Task): Promise<void> {
    this.#working += 1
    try {
      await task()
    } catch (err) {
      this.#report('A worker could not do with a job what had to be done.', { err })
      this.#again()
    }
    this.#working -= 1
    this.#fill()
  }

  /** What rang before there was nothing has been answered by somebody else. */
  #nothingSince(asked: number): void {
    if (asked !== this.#round) return
    this.#mayBeMore = false
    this.#rings = []
  }

  /** Whatever fails here is the store's: nobody asks it again at once. */
  #again(): void {
    this.#streak = 0
    this.#mayBeMore = true
    if (this.#isClosed) return
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      this.#pause = undefined
      this.#fill()
    }, this.#failing.failed())
  }
}
