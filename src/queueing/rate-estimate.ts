import type { Meter } from './meter.ts'
import type { Quota } from './quota.ts'

const windowMs = 60_000
/** So much less than what was let go when the provider refused, for requests; tokens follow only when they are to blame. */
const margin = 0.03
const soonMargin = 0.08
const tokensMore = 1.15
/** A refusal so soon after the last cut says that the cut was too small. */
const soonMs = 20_000
/** Never to less than this at once. */
const mostCut = 0.7
/** A limit counts as reached from this share of it on. */
const reached = 0.95
/** Refusals with fewer good answers between them than this share of a minute's are one after the other. */
const fewBetween = 0.05
const leastBetween = 6
/** So many one after the other are no chance, nor too many calls at once: that is over when there are fewer. */
const fewest = 3
/** How much a limit rises in a window in which it was reached and nothing was refused; beyond what was refused, twice as much each time. */
const firstStep = 0.005
const mostStep = 0.16
const beyond = 1.02
/** Where so much less than what was refused is left, it was cut too far. */
const farBelow = 0.85

/** How an estimate came to be. */
interface History {
  /** What was let go when it was refused last. */
  level: number
  step: number
  changedAt: number
}

/**
 * What a provider allows in a minute that neither tells it, or tells more than it allows, nor has it written down: concluded
 * from what it refused. A
 * little less than what was let go then, rising slowly while nothing is refused.
 */
export class RateEstimate {
  readonly #quota: Quota
  readonly #histories = new Map<Meter, History>()
  #heardAt = Number.NEGATIVE_INFINITY
  #goodSince = 0
  #inRow = 0

  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** A call was refused as too much. True where a limit explains it. */
  refused(sentAt: number, now: number): boolean {
    let meters = this.#quota.estimates
    if (sentAt <= this.#heardAt) return this.#refusedToo(meters)
    const calls = meters.find(({ unit }) => unit === 'requests')?.sent.sum(now) ?? 0
    const isInRow = now - this.#heardAt < 2 * windowMs && this.#goodSince <= Math.max(leastBetween, calls * fewBetween)
    this.#heardAt = now
    this.#goodSince = 0
    this.#inRow = isInRow ? this.#inRow + 1 : 1
    if (meters.length === 0 && this.#inRow >= fewest) meters = this.#quota.doubt()
    const full = meters.filter((meter) => this.#quota.usedOf(meter, now) >= meter.limit * reached)
    if (full.length === 0 && this.#inRow < fewest) return false
    for (const meter of full.length > 0 ? full : meters) this.#cut(meter, now)
    return true
  }

  /** A call was answered. */
  answered(now: number): void {
    this.#goodSince++
    for (const [meter, history] of this.#histories)
      if (now - history.changedAt >= windowMs) this.#grow(meter, history, now)
  }

  /** Who was sent before a refusal was heard says the same; but it was not let go, which was not known then. */
  #refusedToo(meters: readonly Meter[]): boolean {
    let explains = false
    for (const meter of meters) {
      const history = this.#histories.get(meter)
      if (history?.changedAt !== this.#heardAt) continue
      explains = true
      if (meter.unit !== 'requests') continue
      history.level--
      meter.limit = Math.max(1, meter.limit - 1)
    }
    return explains
  }

  #cut(meter: Meter, now: number): void {
    const used = this.#quota.usedOf(meter, now)
    const known = this.#histories.get(meter)
    if (meter.isOpen) {
      if (used <= 0) return
      meter.limit = meter.unit === 'tokens' ? used * tokensMore : Math.max(1, used * (1 - margin))
    } else {
      const isSoon = known !== undefined && now - known.changedAt < soonMs
      const wanted = Math.min(used, meter.limit) * (1 - (isSoon ? soonMargin : margin))
      meter.limit = Math.max(1, wanted, meter.limit * mostCut)
    }
    meter.wasFull = false
    this.#histories.set(meter, { level: used, step: firstStep, changedAt: now })
  }

  #grow(meter: Meter, history: History, now: number): void {
    history.changedAt = now
    // What the provider has told since is no estimate any more.
    if (meter.source !== 'estimated' || meter.isOpen) {
      this.#histories.delete(meter)
      return
    }
    if (!meter.wasFull) return
    meter.wasFull = false
    if (meter.limit > history.level * beyond) history.step = Math.min(mostStep, history.step * 2)
    meter.limit *= 1 + (meter.limit < history.level * farBelow ? mostStep : history.step)
    const { unit, windowMs: of, refuted } = meter
    if (refuted !== undefined && meter.limit >= refuted)
      this.#quota.limit({ unit, windowMs: of, limit: refuted }, 'learned')
  }
}
