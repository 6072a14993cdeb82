import { SlidingSum } from './sliding-sum.ts'

export type QuotaUnit = 'requests' | 'tokens'

/** So much within any stretch of time. */
export interface QuotaLimit {
  readonly unit: QuotaUnit
  readonly limit: number
  readonly windowMs: number
}

/** A limit and how much of it is used. */
export interface QuotaStanding extends QuotaLimit {
  readonly used: number
  /** Told by the provider, written in the configuration, or concluded from what the provider refused. */
  readonly source: 'learned' | 'configured' | 'estimated'
}

/** Nobody's part of the pace is less than this. */
const leastShare = 1 / 4
/** What others hold and do not use counts as used by them: everybody's part is a little more. */
const sharesOverlap = 1.03
/** Others who use less than this, of what is used here, may be no more than two ways of counting. */
const noticeable = 0.1

/** One limit, and what was used of it lately. */
export class Meter {
  readonly unit: QuotaUnit
  readonly windowMs: number
  /** Infinite while it is not known. */
  limit: number
  source: QuotaStanding['source']
  /** What the provider told, and did not keep to; undefined: it is believed. */
  refuted: number | undefined
  /** Calls whole when they were sent. */
  readonly sent: SlidingSum
  /** Prompts when they were sent, answers when they were whole; undefined where only calls count. */
  readonly landed: SlidingSum | undefined
  /** When the next one is due, were they sent at an even pace. */
  dueAt = 0
  /** Somebody had to wait for it since this was last set back. */
  wasFull = false
  /** What others had used of it when that was last told. */
  #foreign = 0
  #toldAt = 0

  constructor({ unit, limit, windowMs }: QuotaLimit, source: QuotaStanding['source']) {
    this.unit = unit
    this.limit = limit
    this.windowMs = windowMs
    this.source = source
    this.sent = new SlidingSum(windowMs)
    this.landed = unit === 'tokens' ? new SlidingSum(windowMs) : undefined
  }

  /** Nothing is limited yet. */
  get isOpen(): boolean {
    return this.limit === Number.POSITIVE_INFINITY
  }

  /** Uses so much; less than 0 takes back. */
  take(amount: number, at: number, now: number): void {
    if (amount === 0) return
    this.sent.add(amount, at, now)
    this.landed?.add(amount, at, now)
  }

  /** All who share it have used so much, and this one so much of that. */
  shared(usedByAll: number, own: number, now: number): void {
    const foreign = usedByAll - own
    this.#foreign = foreign > own * noticeable ? foreign : 0
    this.#toldAt = now
  }

  /** What others use of it. It is not told when nothing is asked for, so it is believed less and less. */
  foreign(now: number): number {
    return this.#foreign === 0 ? 0 : this.#foreign * Math.max(0, 1 - (now - this.#toldAt) / this.windowMs)
  }

  /** Which part of the pace is this one's: those of all who share it are about 1 together, whoever asks for more. */
  share(now: number): number {
    const foreign = this.foreign(now)
    if (foreign === 0) return 1
    const own = this.sent.sum(now)
    return Math.min(1, Math.max(leastShare, (own / (own + foreign)) * sharesOverlap))
  }
}
