import { randomFrom } from '../../providers/simulated-random.ts'
import type { Arrival, Fate } from './simulation.ts'

/** A tenant that sends calls at random moments, whatever becomes of those before. */
export interface Source {
  readonly tenant: string
  readonly perSecond: number
  readonly weight?: number
  readonly priority?: Arrival['priority']
  readonly prompt?: number
  readonly output?: number
  /** The mean; each takes between half and one and a half of it. */
  readonly serviceMs: number
  readonly patienceMs: number
  readonly fromMs?: number
  readonly untilMs: number
}

/** The calls of all sources, in the order of time; the same for the same seed. */
export const arrivalsOf = (sources: readonly Source[], seed = 1): Arrival[] =>
  sources
    .flatMap((source, index) => {
      const { tenant, perSecond, weight, priority, prompt = 500, output = 200, serviceMs, patienceMs } = source
      const random = randomFrom(`${seed} ${index}`)
      const arrivals: Arrival[] = []
      for (let at = source.fromMs ?? 0; ; ) {
        at += (-Math.log(1 - random()) * 1_000) / perSecond
        if (at >= source.untilMs) return arrivals
        const service = serviceMs * (0.5 + random())
        arrivals.push({ at, tenant, weight, priority, prompt, output, serviceMs: service, patienceMs })
      }
    })
    .sort((one, other) => one.at - other.at)

/** Those that were answered in time. */
export const goodOf = (fates: readonly Fate[]): readonly Fate[] =>
  fates.filter(({ outcome, endedAt, arrival }) => outcome === 'ok' && endedAt <= arrival.at + arrival.patienceMs)

/** From arrival to answer, of those that were answered: the share-th. */
export const latencyOf = (fates: readonly Fate[], share: number): number => {
  const times = fates
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ arrival, endedAt }) => endedAt - arrival.at)
    .sort((one, other) => one - other)
  return times[Math.ceil(share * times.length) - 1] ?? Number.NaN
}

/** Jain's index of fairness: 1 for equal shares, 1/n where one has everything. */
export const jain = (shares: readonly number[]): number => {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return (sum * sum) / (shares.length * squares)
}

/** Busy time of the provider for a tenant, in milliseconds. */
export const servedMs = (
  fates: readonly Fate[],
  tenant: string,
  fromMs = 0,
  untilMs = Number.POSITIVE_INFINITY,
): number =>
  fates.reduce(
    (sum, { arrival, outcome, endedAt }) =>
      outcome === 'ok' && arrival.tenant === tenant && endedAt >= fromMs && endedAt < untilMs
        ? sum + arrival.serviceMs
        : sum,
    0,
  )
