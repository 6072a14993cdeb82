import type { Clock } from '../core/clock.ts'
import type { GatewayError } from '../core/errors.ts'
import type { Priority } from '../core/priority.ts'
import type { QueueLimits, QueuePlace } from '../core/queue-limits.ts'
import { AdaptiveLimit } from './adaptive.ts'
import { type Alarm, Timer } from './alarm.ts'
import { FairQueue } from './fair-queue.ts'
import { Head } from './head.ts'
import { type Told, windowOf } from './learned-quota.ts'
import { Outlook, type Prospect } from './outlook.ts'
import { OutputForecast } from './output-forecast.ts'
import { type Ended, type Grabbed, Pass } from './pass.ts'
import { patienceMs, sweep } from './patience.ts'
import { Quota } from './quota.ts'
import { RateEstimate } from './rate-estimate.ts'
import { type QueueState, type ShedReason, shed } from './refusal.ts'
import { type GateStanding, stranger } from './standing.ts'
import { type Asking, Waiter } from './waiter.ts'

export interface GateOptions {
  readonly name: string
  readonly limits: QueueLimits
  readonly clock: Clock
  readonly alarm: Alarm
  /** Does how many may be under way follow how the target fares? Default true. */
  readonly adapts?: boolean | undefined
}

/** Who may come, with what it needs and until when its turn must come. */
export type Coming = Prospect & Pick<Asking, 'need' | 'latestStart'>

/** How often those who wait are looked after, in milliseconds, if nobody's time is over before. */
const sweepMs = 1_000
const leastSweepMs = 20
/** The more of them, the seldomer, so that it costs next to nothing for each. */
const sweepMsEach = 0.2
const leastSweepMsEach = 0.02
/** Turns that cannot be reckoned are looked for again after so long. */
const blindMs = 1_000
/** Nobody begins to wait whose turn would come just in time. */
const caution = 1.2
/**
 * The way to a target, or to several that share a quota: lets through as many calls as its quota and its state allow, in a
 * fair order, and refuses at once who would wait in vain.
 */
export class Gate {
  readonly name: string
  readonly quota: Quota
  readonly forecast = new OutputForecast()
  readonly shedding: Record<ShedReason, number> = { full: 0, share: 0, hopeless: 0, late: 0, evicted: 0 }
  readonly #clock: Clock
  readonly #queue: FairQueue<Waiter>
  readonly #adaptive: AdaptiveLimit
  readonly #outlook: Outlook
  readonly #rates: RateEstimate | undefined
  #limits: QueueLimits
  #inFlight = 0
  readonly #head: Head
  /** Since when somebody waits without a break. */
  #waitingSince = 0
  readonly #wake: Timer
  readonly #sweeping: Timer

  constructor({ name, limits, clock, alarm, adapts }: GateOptions) {
    this.name = name
    this.#limits = limits
    this.#clock = clock
    this.quota = new Quota(adapts !== false)
    this.#rates = adapts === false ? undefined : new RateEstimate(this.quota)
    this.#wake = new Timer({ clock, alarm }, () => this.turn())
    this.#sweeping = new Timer({ clock, alarm }, () => this.#sweep())
    this.#queue = new FairQueue(limits.length, (waiter) => waiter.refuse(this.#shed('evicted', this.#limits.maxWaitMs)))
    this.#adaptive = new AdaptiveLimit(limits.concurrency, adapts === false ? limits.concurrency : undefined)
    this.#head = new Head(this)
    this.#outlook = new Outlook(this.#queue, this.quota)
    this.#outlook.concurrency = this.#adaptive.limit
  }

  /** As it is configured from now on. Who waits goes on waiting. */
  set limits(limits: QueueLimits) {
    if (limits === this.#limits) return
    this.#limits = limits
    this.#queue.length = limits.length
    this.#adaptive.most = limits.concurrency
  }

  get waiting(): number {
    return this.#queue.size + (this.#head.waiter ? 1 : 0)
  }

  get isIdle(): boolean {
    return this.waiting === 0 && this.#inFlight === 0
  }

  /** At once where there is room and nobody waits. Throws `queue_full` or `queue_timeout`, or what the signal says. */
  enter(asking: Asking): Pass | Promise<Pass> {
    if (asking.signal.aborted) throw asking.signal.reason
    const now = this.#clock.now()
    if (this.waiting === 0 && !this.#head.isGrabbing && asking.grab === undefined && this.#opensAt(asking, now) <= now)
      return this.#admit(asking, now, 0, undefined)
    return this.#wait(asking, now)
  }

  /** The provider says where one of its limits stands. */
  told(told: Told): void {
    const { unit, limit, remaining, resetMs } = told
    const windowMs = windowOf(told)
    this.quota.learn({ unit, limit, windowMs }, { remaining, resetMs: resetMs ?? windowMs }, this.#clock.now())
  }

  /** The target is to be left alone for so long. */
  pause(ms: number): void {
    const now = this.#clock.now()
    this.#outlook.pause(ms, now)
    if (this.waiting > 0) this.wakeIn(ms)
  }

  /** Until the turn of somebody who came now, in milliseconds. */
  waitMs(asking: Prospect & Pick<Asking, 'need'>, now = this.#clock.now()): number {
    if (this.waiting > 0) return this.#outlook.waitMs(asking, costOf(asking.need), now)
    const opensIn = Math.max(0, this.#opensAt(asking, now) - now)
    return Number.isFinite(opensIn) ? opensIn : this.#outlook.usualMs
  }

  /** What somebody would meet who came now: how long it would wait, and the refusal of a wait that is in vain. */
  foresee(coming: Coming): { readonly waitMs: number; readonly refusal: GatewayError | undefined } {
    const now = this.#clock.now()
    const waitMs = this.waitMs(coming, now)
    const isInVain = now + waitMs * caution > this.#latestOf(coming, now)
    return { waitMs, refusal: isInVain ? shed('hopeless', this.#state(waitMs)) : undefined }
  }

  standing(): GateStanding {
    const now = this.#clock.now()
    return {
      name: this.name,
      waiting: this.waiting,
      length: this.#limits.length,
      inFlight: this.#inFlight,
      concurrency: this.#adaptive.limit,
      waitMs: Math.round(this.waitMs(stranger, now)),
      pausedMs: Math.max(0, Math.round(this.#outlook.pausedUntil - now)),
      quota: this.quota.standing(now),
      shed: { ...this.shedding },
    }
  }

  /** Somebody who waited went away. */
  abandon(waiter: Waiter): void {
    if (waiter === this.#head.waiter) {
      this.#head.waiter = undefined
      if (!this.#head.isGrabbing) this.turn()
    } else if (waiter.seat) this.#queue.leave(waiter.seat, this.#outlook.active(this.#clock.now()))
    this.#rest()
  }

  ended(pass: Pass, { used, isOverload, isThrottled = false, isGood, firstTokenMs, pauseMs }: Ended): void {
    const now = this.#clock.now()
    const { need, sentAt } = pass
    this.#inFlight--
    this.quota.end(need, sentAt, used ?? { prompt: need.prompt, output: need.output.mean }, now, isThrottled)
    if (isGood) this.#rates?.answered(now)
    // What a quota explains says nothing of how many may be under way.
    const isQuota = isThrottled && this.#rates?.refused(sentAt, now) === true
    this.#adaptive.ended({ isOverload: isOverload && !isQuota, isGood, sentAt, firstTokenMs }, now)
    this.#outlook.concurrency = this.#adaptive.limit
    if (used !== 'nothing') this.#outlook.took(now - pass.sentAt)
    if (used !== undefined && pass.tenant)
      pass.tenant.debt += (used === 'nothing' ? 0 : used.prompt + used.output) - costOf(pass.need)
    if (pauseMs !== undefined) this.pause(pauseMs)
    if (this.waiting > 0) this.turn()
  }

  #wait(asking: Asking, now: number): Pass | Promise<Pass> {
    const cost = costOf(asking.need)
    const latest = this.#latestOf(asking, now)
    const waitMs = this.waitMs(asking, now)
    if (now + waitMs * caution > latest) throw this.#shed('hopeless', waitMs)
    const waiter = new Waiter(asking, { cost, since: now, latest }, this)
    const seat = this.#queue.join(waiter, this.#outlook.active(now))
    if (typeof seat === 'string') {
      const error = this.#shed(seat, waitMs)
      waiter.pass.catch(() => undefined)
      waiter.refuse(error)
      throw error
    }
    waiter.seat = seat
    if (this.waiting === 1) {
      this.#waitingSince = now
      this.#outlook.busy(true, now)
    }
    this.#sweepWithin(latest - now + 1)
    this.turn()
    if (!waiter.isOver) asking.waits?.(() => this.#placeOf(waiter))
    return waiter.pass
  }

  #latestOf({ latestStart, priority }: Coming, now: number): number {
    return Math.min(latestStart, now + this.#patienceMs(priority, now))
  }

  #patienceMs(priority: Priority, now: number): number {
    const waitedMs = this.waiting > 0 ? now - this.#waitingSince : 0
    return patienceMs({ priority, maxWaitMs: this.#limits.maxWaitMs, waitedMs, hasQuota: !this.quota.isEmpty })
  }

  #placeOf(waiter: Waiter): QueuePlace {
    const now = this.#clock.now()
    if (waiter.isOver || waiter === this.#head.waiter) return { position: 1, waitMs: 0 }
    return this.#outlook.placeOf(waiter, now)
  }

  /** Gives turns until there is no more room, or nobody left. */
  turn(): void {
    if (this.#head.isGrabbing) return
    const now = this.#clock.now()
    for (;;) {
      const waiter = this.#head.waiter ?? this.#queue.next(now)?.value
      if (!waiter) break
      const at = this.#opensAt(waiter.asking, now)
      if (at > now) {
        this.wakeIn(at - now)
        break
      }
      if (waiter !== this.#head.waiter && waiter.seat) this.#queue.take(waiter.seat, this.#outlook.active(now))
      this.#head.waiter = undefined
      if (!this.#let(waiter, now)) break
    }
    this.#rest()
  }

  /** False where it has to stay first for a while. */
  #let(waiter: Waiter, now: number): boolean {
    if (now > waiter.latest) waiter.refuse(this.#shed('late', 0))
    else if (waiter.asking.grab) return this.#head.take(waiter, waiter.asking.grab)
    else this.admit(waiter, undefined)
    return true
  }

  /** It has what it needs of others. */
  admit(waiter: Waiter, grabbed: Grabbed | undefined): void {
    const now = this.#clock.now()
    waiter.enter(this.#admit(waiter.asking, now, now - waiter.since, waiter, grabbed))
  }

  #admit(asking: Asking, now: number, queuedMs: number, waiter: Waiter | undefined, grabbed?: Grabbed): Pass {
    const { need } = asking
    this.#inFlight++
    this.quota.send(need, now)
    if (waiter && queuedMs > 0) this.#outlook.served(waiter.cost, now)
    return new Pass({ need, sentAt: now, queuedMs, grabbed, tenant: waiter?.seat?.tenant }, this)
  }

  #opensAt({ need }: Pick<Asking, 'need'>, now: number): number {
    if (this.#inFlight >= this.#adaptive.limit) {
      this.#adaptive.full()
      return Number.POSITIVE_INFINITY
    }
    return Math.max(this.#outlook.pausedUntil, this.quota.nextAt(need, now))
  }

  /** Looks for turns again after so long at most. */
  wakeIn(ms: number): void {
    this.#wake.within(Math.max(1, Math.min(ms, blindMs)))
  }

  #sweepWithin(ms: number): void {
    const { waiting } = this
    const soonest = Math.max(leastSweepMs + waiting * leastSweepMsEach, ms)
    this.#sweeping.within(Math.min(sweepMs + waiting * sweepMsEach, soonest))
  }

  /** Gives up those whose time is over, and those whose turn would come too late as it is now. */
  #sweep(): void {
    const now = this.#clock.now()
    const first = this.#head.waiter
    if (first && now > first.latest) {
      this.#head.waiter = undefined
      first.refuse(this.#shed('late', 0))
    }
    const earliest = sweep(this.#queue, { outlook: this.#outlook, now }, (waiter, waitMs) => {
      waiter.refuse(this.#shed('late', waitMs))
    })
    if (this.waiting > 0) this.#sweepWithin(earliest - now + 1)
    else this.#rest()
  }

  #shed(reason: ShedReason, waitMs: number): GatewayError {
    this.shedding[reason]++
    return shed(reason, this.#state(waitMs))
  }

  #state(waitMs: number): QueueState {
    return { queue: this.name, waiting: this.waiting, length: this.#limits.length, waitMs }
  }

  /** Nobody waits any more. */
  #rest(): void {
    if (this.waiting > 0) return
    this.#outlook.busy(false, this.#clock.now())
    this.#sweeping.cancel()
  }
}

/** What a call is reckoned with among others: its tokens, at least one. */
const costOf = ({ prompt, output }: Asking['need']): number => Math.max(1, prompt + output.mean)
