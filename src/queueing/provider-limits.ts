import type { Allowance, Bound, Match } from '../core/allowance.ts'
import type { Attempt } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import { GatewayError } from '../core/errors.ts'
import type { StopSignal } from '../core/stop.ts'
import type { Hold, Ledger } from '../ledger/ledger.ts'
import type { Gate } from './gate.ts'
import type { Ended, Grabbed } from './pass.ts'
import type { Need, QuotaUnit } from './quota.ts'

/** Whose limits are written, and who keeps them. */
export interface Money {
  readonly ledger: Ledger
  match(): Match
}

/** Limits that are written for a provider. */
export interface ProviderLimits {
  readonly written: readonly Bound[]
  /** The same as they are taken from the ledger: over a little longer. */
  readonly taken: readonly Bound[]
}

const none: ProviderLimits = { written: [], taken: [] }

/** The limits that are written for an attempt's provider; remembered, since a caller has the same for each of its calls. */
export const createLimits = (money: Money | undefined): ((attempt: Attempt) => ProviderLimits) => {
  const known = new WeakMap<readonly Bound[], ProviderLimits>()
  return ({ caller, request, target }) => {
    if (!money) return none
    const all = money.match()(caller, request.model, target.provider)
    const found = known.get(all)
    if (found) return found
    const written = all.filter(
      ({ allowance, subject }) => subject.startsWith('provider:') && allowance.unit !== 'nanos' && allowance.isHard,
    )
    const limits = written.length === 0 ? none : { written, taken: written.map(withSlack) }
    known.set(all, limits)
    return limits
  }
}

/** The same object for the same allowance: the ledger takes another one for a change. */
const slackened = new WeakMap<Allowance, Allowance>()

/**
 * What is let go within a window does not arrive within one: on its way some is late and the next is not. So a window counts
 * a little longer, and whatever is no later than that is never too much, at the provider's clock as well.
 */
const withSlack = ({ allowance, subject }: Bound): Bound => {
  const { window } = allowance
  if (!isRate(allowance.unit) || window.kind !== 'rolling') return { allowance, subject }
  const longer = slackened.get(allowance) ?? {
    ...allowance,
    window: { kind: 'rolling', ms: window.ms + slackMs(window.ms) },
  }
  slackened.set(allowance, longer)
  return { allowance: longer, subject }
}

const isRate = (unit: Allowance['unit']): unit is QuotaUnit => unit === 'requests' || unit === 'tokens'

const leastSlackMs = 50
const mostSlackMs = 1_000

/** So much later than others a call may arrive: a hundredth of the window, between these two. */
const slackMs = (windowMs: number): number => Math.min(mostSlackMs, Math.max(leastSlackMs, Math.ceil(windowMs / 100)))

const configured = new WeakMap<Gate, readonly Bound[]>()

/** The gate paces what it lets through by the limits that are written, so that the ledger seldom has to say no. */
export const configure = (gate: Gate, { written }: ProviderLimits): void => {
  if (written.length === 0 || configured.get(gate) === written) return
  configured.set(gate, written)
  gate.quota.configure(
    written.flatMap(({ allowance: { unit, limit, window, model } }) =>
      window.kind === 'rolling' && model === undefined && isRate(unit)
        ? [{ unit, limit: Number(limit), windowMs: window.ms }]
        : [],
    ),
  )
}

/** What the ledger gave for one attempt. */
export class Taken implements Grabbed {
  readonly #hold: Hold | undefined
  readonly #bounds: readonly Bound[]

  constructor(hold: Hold | undefined, bounds: readonly Bound[]) {
    this.#hold = hold
    this.#bounds = bounds
  }

  release(): void {
    this.#hold?.release()
  }

  settle(used: Ended['used']): void {
    const { granted = [] } = this.#hold ?? {}
    this.#hold?.settle(
      this.#bounds.map(({ allowance: { unit } }, index) => {
        if (unit === 'concurrency' || used === 'nothing') return 0n
        if (unit === 'requests') return 1n
        return used ? BigInt(used.prompt + used.output) : (granted[index] ?? 0n)
      }),
    )
  }
}

/** For whom is taken, and from whom. */
export interface Taking {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly gate: Gate
  readonly limits: ProviderLimits
  readonly signal: StopSignal
}

/** So often what came too late is given back. */
const mostLate = 3

/**
 * Takes what limits of a provider allow for one attempt. Without its store the ledger lets everybody in: limits protect from
 * too much, and none of it is money.
 */
export const grabFrom = ({ ledger, clock, gate, limits, signal }: Taking, { prompt, output }: Need) => {
  const { taken: bounds } = limits
  const tokens = BigInt(Math.ceil(prompt + output.p95))
  const asks = bounds.map(({ allowance, subject }) => {
    const wanted = allowance.unit === 'tokens' ? tokens : 1n
    const fitting = wanted < allowance.limit ? wanted : allowance.limit
    const amount = fitting < 1n ? 1n : fitting
    return { allowance, subject, least: amount, wish: amount }
  })
  let late = 0
  const given = (hold: Hold): Taken => {
    tellShares(gate, limits, { ledger, now: clock.now(), granted: hold.granted })
    return new Taken(hold, bounds)
  }
  const failed = (thrown: unknown): Taken => {
    if (thrown instanceof GatewayError && thrown.code === 'store_unavailable') return new Taken(undefined, bounds)
    throw thrown
  }
  /** It counts from when the store was asked: of a slow one it may be worth less than what it counts. */
  const inTime = (hold: Hold, askedAt: number): Taken => {
    if (clock.now() - askedAt <= leastSlackMs || ++late > mostLate) return given(hold)
    hold.release()
    throw new GatewayError('rate_limited', 'The store was slow.', { retryAfterMs: 1 })
  }
  return (): Taken | Promise<Taken> => {
    try {
      const askedAt = clock.now()
      const holding = ledger.hold(asks, signal)
      return holding instanceof Promise ? holding.then((hold) => inTime(hold, askedAt), failed) : given(holding)
    } catch (thrown) {
      return failed(thrown)
    }
  }
}

/** Several processes share a limit: each keeps to its part of the pace, as far as the ledger knows what all have used. */
const tellShares = (
  gate: Gate,
  { written, taken }: ProviderLimits,
  { ledger, now, granted }: { readonly ledger: Ledger; readonly now: number } & Pick<Hold, 'granted'>,
): void => {
  for (let index = 0; index < written.length; index++) {
    const { unit, window, model } = (written[index] as Bound).allowance
    if (window.kind !== 'rolling' || model !== undefined || !isRate(unit)) continue
    const { allowance, subject } = taken[index] as Bound
    const used = ledger.view(allowance, subject)?.used
    if (used === undefined) continue
    // What was just taken is not sent yet.
    const before = Number(used - (granted[index] ?? 0n))
    gate.quota.shared({ unit, windowMs: window.ms }, before, now)
  }
}
