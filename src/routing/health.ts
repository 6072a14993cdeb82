import type { Clock } from '../core/clock.ts'
import { type Outcome, outcomes } from '../core/outcome.ts'
import { restMsAfter } from '../core/rest.ts'
import type { Target } from '../core/target.ts'
import { RollingCount } from './rolling-count.ts'

export interface HealthOptions {
  readonly clock: Clock
  /** Failures in a row after which a target is left alone. Default 5. */
  readonly consecutive?: number | undefined
  /** Failures among at least 20 attempts of 30 s after which it is left alone. Default 0.5. */
  readonly share?: number | undefined
  /** How long it is left alone the first time; twice as long the second time, and so on. Default 30 000. */
  readonly ejectMs?: number | undefined
  /** The longest it is left alone. Default 300 000. */
  readonly mostEjectMs?: number | undefined
}

export interface HealthState {
  /** May it be tried? */
  readonly open: boolean
  readonly reason: string
  /** Zero when open. */
  readonly opensInMs: number
}

/** How a target fares, for people. */
export interface HealthStanding {
  /** `closed`: it is tried. `open`: it is left alone. `half-open`: it is tried again by one call. */
  readonly state: 'closed' | 'open' | 'half-open'
  /** Why it is left alone; absent: it is not. */
  readonly reason?: string | undefined
  readonly opensInMs?: number | undefined
  /** Since the first failure after which nothing went well; absent: the last attempt went well. */
  readonly failingForMs?: number | undefined
}

/** What is known of how targets fare; carried over when the configuration changes. */
export interface Health {
  state(target: Target): HealthState
  standing(target: Target): HealthStanding
  /** An attempt begins; while a target is being probed no second call probes it. */
  begin(target: Target): void
  /** An attempt is over. `retryAfterMs` is what the upstream asked for, `firstTokenMs` how fast it began. */
  end(target: Target, outcome: Outcome | 'ok', details?: { retryAfterMs?: number; firstTokenMs?: number }): void
  /** Recent time to the first token, or undefined when there was none in the last minute. */
  firstTokenMs(target: Target): number | undefined
  /** What was wrong with a provider's credential may be over: its configuration changed. */
  forget(provider: string): void
}

interface TargetHealth {
  failures: number
  readonly attempts: RollingCount
  readonly failed: RollingCount
  ejectedUntil: number
  ejections: number
  probing: boolean
  coolUntil: number
  firstTokenMs: number
  firstTokenAt: number
  /** Undefined: the last attempt went well, or there was none. */
  failingSince: number | undefined
}

const windowMs = 30_000
const fewestAttempts = 20
const firstTokenMemoryMs = 60_000
const isOpen: HealthState = { open: true, reason: 'open', opensInMs: 0 }

export const createHealth = (options: HealthOptions): Health => {
  const { clock, consecutive = 5, share = 0.5, ejectMs = 30_000, mostEjectMs = 300_000 } = options
  const targets = new Map<string, TargetHealth>()
  /** Until when a provider's credential is left alone: out of credit, or refused. */
  const credentials = new Map<string, { until: number; reason: string }>()

  const of = (target: Target): TargetHealth => {
    const known = targets.get(target.id)
    if (known) return known
    const created: TargetHealth = {
      failures: 0,
      attempts: new RollingCount(clock, windowMs),
      failed: new RollingCount(clock, windowMs),
      ejectedUntil: 0,
      ejections: 0,
      probing: false,
      coolUntil: 0,
      firstTokenMs: 0,
      firstTokenAt: Number.NEGATIVE_INFINITY,
      failingSince: undefined,
    }
    targets.set(target.id, created)
    return created
  }

  const eject = (health: TargetHealth): void => {
    health.ejections++
    health.ejectedUntil = clock.now() + Math.min(ejectMs * health.ejections, mostEjectMs)
    health.failures = 0
    health.attempts.clear()
    health.failed.clear()
  }

  const fail = (health: TargetHealth, wasProbe: boolean): void => {
    health.failingSince ??= clock.now()
    // What was under way when the target was closed tells nothing new: it must not lengthen the pause.
    if (health.ejectedUntil > clock.now()) return
    health.failures++
    health.failed.add()
    const enough = health.attempts.total() >= fewestAttempts
    if (wasProbe || health.failures >= consecutive) eject(health)
    else if (enough && health.failed.total() >= share * health.attempts.total()) eject(health)
  }

  const succeed = (health: TargetHealth, wasProbe: boolean): void => {
    health.failures = 0
    health.failingSince = undefined
    if (wasProbe) health.ejectedUntil = 0
    else if (health.ejections > 0 && clock.now() - health.ejectedUntil > mostEjectMs) health.ejections--
  }

  const cool = (target: Target, outcome: Outcome, retryAfterMs: number | undefined): void => {
    const restMs = restMsAfter(outcome, retryAfterMs)
    if (restMs === undefined) return
    const until = clock.now() + restMs
    const { credential } = outcomes[outcome]
    if (credential === 'cool_down') {
      const health = of(target)
      // A later, shorter answer never shortens a pause that was asked for.
      health.coolUntil = Math.max(health.coolUntil, until)
    } else {
      const reason = credential === 'unhealthy' ? 'its key was refused' : 'its account has no credit'
      credentials.set(target.provider, { until, reason })
    }
  }

  const closed = (until: number, reason: string): HealthState => ({
    open: false,
    reason,
    opensInMs: Math.max(0, until - clock.now()),
  })

  const stateOf = (target: Target): HealthState => {
    const now = clock.now()
    const credential = credentials.get(target.provider)
    if (credential && credential.until > now) return closed(credential.until, credential.reason)
    const health = targets.get(target.id)
    if (!health) return isOpen
    if (health.coolUntil > now) return closed(health.coolUntil, 'it asked for a pause')
    if (health.ejectedUntil > now) return closed(health.ejectedUntil, 'it kept failing')
    if (health.ejectedUntil > 0 && health.probing) return closed(now + 1_000, 'it is being tried again')
    return isOpen
  }

  return {
    state: stateOf,
    standing(target) {
      const state = stateOf(target)
      const health = targets.get(target.id)
      const failingForMs = health?.failingSince === undefined ? undefined : clock.now() - health.failingSince
      const isProbed = health !== undefined && health.ejectedUntil > 0 && health.ejectedUntil <= clock.now()
      if (state.open) return { state: isProbed ? 'half-open' : 'closed', failingForMs }
      return {
        state: isProbed && health.probing ? 'half-open' : 'open',
        reason: state.reason,
        opensInMs: state.opensInMs,
        failingForMs,
      }
    },
    begin(target) {
      const health = of(target)
      health.attempts.add()
      if (health.ejectedUntil > 0 && health.ejectedUntil <= clock.now()) health.probing = true
    },
    end(target, outcome, details = {}) {
      const health = of(target)
      const wasProbe = health.probing && health.ejectedUntil <= clock.now()
      health.probing = false
      if (details.firstTokenMs !== undefined) {
        health.firstTokenMs += (details.firstTokenMs - health.firstTokenMs) * (health.firstTokenMs === 0 ? 1 : 0.2)
        health.firstTokenAt = clock.now()
      }
      if (outcome === 'ok') {
        credentials.delete(target.provider)
        return succeed(health, wasProbe)
      }
      cool(target, outcome, details.retryAfterMs)
      if (outcomes[outcome].breaker !== 'none') fail(health, wasProbe)
    },
    forget(provider) {
      credentials.delete(provider)
    },
    firstTokenMs(target) {
      const health = targets.get(target.id)
      return health && clock.now() - health.firstTokenAt < firstTokenMemoryMs ? health.firstTokenMs : undefined
    },
  }
}
