import { Meter, type QuotaLimit, type QuotaStanding, type QuotaUnit } from './meter.ts'
import type { Forecast } from './output-forecast.ts'
import type { SlidingSum } from './sliding-sum.ts'

export type { QuotaLimit, QuotaStanding, QuotaUnit } from './meter.ts'

/** What a call is going to use. */
export interface Need {
  /** Tokens that it reads. */
  readonly prompt: number
  readonly output: Forecast
}

const minuteMs = 60_000
/** Up to this share of a window is used as fast as it is asked for; the rest at an even pace. */
const freely = 0.5
/** How much faster than that, so that what was left over for a while is not lost. */
const catchUp = 1.01
/** How far ahead of its pace the rest may be used: a share of the window, or a few calls. */
const ahead = 1 / 100
const callsAhead = 3
/** Standard deviations above the mean that all answers under way together are given room for. */
const deviations = 3

/**
 * What a provider allows within a stretch of time, and what is left of it. No stretch of that length, wherever it begins,
 * ever holds more: that satisfies providers that count by fixed minutes, by sliding ones, and by buckets that fill evenly.
 * It is reckoned twice, since some count a whole call when it comes, and others its answer when that is whole. For answers
 * under way there is room for what they will say: the 95th percentile of each, or what their sum hardly ever exceeds, if
 * that is less.
 */
export class Quota {
  readonly #meters: Meter[] = []
  #mean = 0
  #variance = 0
  #p95 = 0
  #underWay = 0

  readonly #estimates: boolean

  /** `estimates`: what is used in a minute is counted also where no limit is known, so that one can be estimated. */
  constructor(estimates = false) {
    this.#estimates = estimates
    if (estimates) for (const unit of ['requests', 'tokens'] as const) this.#meters.push(estimateOf(unit))
  }

  /** True while nothing is limited. */
  get isEmpty(): boolean {
    for (const meter of this.#meters) if (!meter.isOpen) return false
    return true
  }

  /** Meters of limits that nobody told, in no order. */
  get estimates(): readonly Meter[] {
    return this.#meters.filter(({ source }) => source === 'estimated')
  }

  /**
   * The provider refuses although by its own word there is room: its limits of a minute are estimated from now on, until it
   * tells less. The meters of these.
   */
  doubt(): readonly Meter[] {
    const told = this.#meters.filter(({ source, windowMs }) => source === 'learned' && windowMs === minuteMs)
    for (const meter of told) {
      meter.refuted = meter.limit
      meter.source = 'estimated'
      meter.limit = Number.POSITIVE_INFINITY
    }
    return told
  }

  /** Sets or changes a limit; what was used stays used. */
  limit({ unit, limit, windowMs }: QuotaLimit, source: QuotaStanding['source']): void {
    const known = this.#find(unit, windowMs)
    if (known) {
      known.limit = limit
      known.source = source
      known.refuted = undefined
    } else this.#meters.push(new Meter({ unit, limit, windowMs }, source))
  }

  /** These limits, and no others of the configuration. */
  configure(limits: readonly QuotaLimit[]): void {
    for (let index = this.#meters.length - 1; index >= 0; index--) {
      const { unit, windowMs, source } = this.#meters[index] as Meter
      const stays = limits.some((each) => each.unit === unit && each.windowMs === windowMs)
      if (source !== 'configured' || stays) continue
      if (this.#estimates && windowMs === minuteMs)
        this.limit({ unit, windowMs, limit: Number.POSITIVE_INFINITY }, 'estimated')
      else this.#meters.splice(index, 1)
    }
    for (const limit of limits) this.limit(limit, 'configured')
  }

  /** When so much may be sent: not after `now` for at once. `Infinity`: when something that is under way has ended. */
  nextAt(need: Need, now: number): number {
    let at = now
    for (const meter of this.#meters) {
      if (meter.isOpen) continue
      const fitsAt = this.#fitsAt(meter, need, now)
      if (fitsAt <= now) continue
      meter.wasFull = true
      if (fitsAt > at) at = fitsAt
    }
    return at
  }

  /** It is sent now. */
  send({ prompt, output }: Need, now: number): void {
    this.#mean += output.mean
    this.#variance += output.variance
    this.#p95 += output.p95
    this.#underWay++
    for (const meter of this.#meters) {
      const amount = meter.unit === 'requests' ? 1 : prompt
      meter.sent.add(amount, now)
      meter.landed?.add(amount, now)
      if (meter.isOpen) continue
      const paced = meter.unit === 'requests' ? 1 : prompt + output.mean
      meter.dueAt = Math.max(meter.dueAt, now) + (paced * meter.windowMs) / (meter.limit * catchUp * meter.share(now))
    }
  }

  /** It has ended, and used so much; undefined: as reckoned. Nothing at all where it was never sent. */
  end(
    need: Need,
    sentAt: number,
    used: { readonly prompt: number; readonly output: number } | 'nothing',
    now: number,
    isRefused = false,
  ): void {
    this.#mean -= need.output.mean
    this.#variance -= need.output.variance
    this.#p95 -= need.output.p95
    if (--this.#underWay === 0) {
      // What floating point has left over.
      this.#mean = 0
      this.#variance = 0
      this.#p95 = 0
    }
    for (const meter of this.#meters) {
      if (used === 'nothing' || (isRefused && meter.source === 'estimated'))
        meter.take(meter.unit === 'requests' ? -1 : -need.prompt, sentAt, now)
      else if (meter.unit === 'tokens') {
        meter.take(used.prompt - need.prompt, sentAt, now)
        meter.sent.add(used.output, sentAt, now)
        meter.landed?.add(used.output, now)
      }
    }
  }

  /**
   * The provider says where a limit stands. A limit that is written in the configuration stays as it is. Where less is left
   * than is known here, others have used the rest.
   */
  learn(
    { unit, limit, windowMs }: QuotaLimit,
    told: { readonly remaining: number; readonly resetMs: number },
    now: number,
  ): void {
    let meter = this.#find(unit, windowMs)
    if (meter?.refuted !== undefined && limit >= meter.refuted) return
    if (meter?.source !== 'configured') {
      this.limit({ unit, limit, windowMs }, 'learned')
      meter = this.#find(unit, windowMs)
    }
    if (!meter) return
    const foreign = meter.limit - told.remaining - this.usedOf(meter, now)
    // It is back when the provider says, not a whole window later.
    const backMs = Math.min(Math.max(told.resetMs, 0), windowMs)
    if (foreign > 0) meter.take(foreign, now - windowMs + backMs, now)
  }

  /** All who share a limit have used so much of it, as far as is known: everybody keeps to its part of the pace. */
  shared({ unit, windowMs }: Pick<QuotaLimit, 'unit' | 'windowMs'>, usedByAll: number, now: number): void {
    const meter = this.#find(unit, windowMs)
    if (meter) meter.shared(usedByAll, this.usedOf(meter, now), now)
  }

  standing(now: number): readonly QuotaStanding[] {
    const limited = this.#meters.filter(({ isOpen }) => !isOpen)
    return limited.map((meter) => ({
      unit: meter.unit,
      limit: meter.limit,
      windowMs: meter.windowMs,
      source: meter.source,
      used: Math.round(this.usedOf(meter, now)),
    }))
  }

  /** At least so long take so many tokens in so many calls, in milliseconds; 0 where nothing is known. */
  spanOf(tokens: number, calls: number, now: number): number {
    let span = 0
    for (const { sent, limit, windowMs, unit, isOpen } of this.#meters) {
      if (isOpen) continue
      const over = sent.sum(now) + (unit === 'tokens' ? tokens + this.#reserve(nothing) : calls) - limit
      if (over <= 0) continue
      const freed = Math.min(over % limit, sent.sum(now))
      const at = freed > 0 ? (sent.freesAt(freed, now) ?? now) : now
      span = Math.max(span, at - now + Math.floor(over / limit) * windowMs)
    }
    return span
  }

  #find(unit: QuotaUnit, windowMs: number): Meter | undefined {
    return this.#meters.find((meter) => meter.unit === unit && meter.windowMs === windowMs)
  }

  /** What of it is used, with room for what is under way. */
  usedOf(meter: Meter, now: number): number {
    const sent = meter.sent.sum(now) + (meter.unit === 'tokens' ? this.#reserve(nothing) : 0)
    return Math.max(sent, meter.landed?.sum(now) ?? 0)
  }

  /** Room for what is under way, with one more. */
  #reserve({ mean, variance, p95 }: Forecast): number {
    const sum = this.#mean + mean + deviations * Math.sqrt(Math.max(0, this.#variance + variance))
    return Math.min(this.#p95 + p95, sum)
  }

  #fitsAt(meter: Meter, { prompt, output }: Need, now: number): number {
    const { sent, landed, limit } = meter
    const wanted = landed ? prompt + this.#reserve(output) : 1
    let at = this.#roomAt(sent, wanted, limit, now)
    if (landed) at = Math.max(at, this.#roomAt(landed, prompt + output.mean + this.#mean, limit, now))
    if (at > now || sent.sum(now) + meter.foreign(now) + wanted <= limit * freely) return at
    const own = landed ? prompt + output.mean : 1
    return meter.dueAt - meter.windowMs * Math.max(ahead, (callsAhead * own) / limit)
  }

  #roomAt(sum: SlidingSum, wanted: number, limit: number, now: number): number {
    const used = sum.sum(now)
    const over = used + wanted - limit
    // What never fits is for the provider to refuse.
    if (over <= 0 || (used === 0 && this.#underWay === 0)) return now
    return sum.freesAt(Math.min(over, used), now) ?? Number.POSITIVE_INFINITY
  }
}

const estimateOf = (unit: QuotaUnit): Meter =>
  new Meter({ unit, limit: Number.POSITIVE_INFINITY, windowMs: minuteMs }, 'estimated')

const nothing: Forecast = { mean: 0, variance: 0, p95: 0 }
