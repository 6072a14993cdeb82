import type { Priority } from '../../core/priority.ts'
import type { QueueLimits } from '../../core/queue-limits.ts'
import { Stop } from '../../core/stop.ts'
import { Gate } from '../../queueing/gate.ts'
import type { Pass } from '../../queueing/pass.ts'
import type { QuotaLimit } from '../../queueing/quota.ts'
import { createFakeTime, type FakeTime } from '../../testing/fake-time.ts'
import type { ProviderMeter } from './provider-meter.ts'

/** A call of a simulation. Times in milliseconds. */
export interface Arrival {
  readonly at: number
  readonly tenant: string
  readonly weight?: number
  readonly priority?: Priority
  readonly prompt: number
  readonly output: number
  /** How long its answer takes. */
  readonly serviceMs: number
  /** How long its caller waits in all. */
  readonly patienceMs: number
}

/** What became of it. */
export interface Fate {
  readonly arrival: Arrival
  /** `throttled`: the provider said 429. `cancelled`: its caller's patience was over. */
  readonly outcome: 'ok' | 'refused' | 'shed' | 'throttled' | 'cancelled'
  readonly queuedMs: number
  readonly endedAt: number
}

export interface SimulationOptions {
  readonly arrivals: readonly Arrival[]
  readonly limits: QueueLimits
  readonly quotas?: readonly QuotaLimit[] | undefined
  /** Counts what the provider is sent; undefined: it takes everything. */
  readonly meter?: ProviderMeter | undefined
  /** Calls that the provider bears at once; more of them are refused with 429. */
  readonly servers?: number | undefined
  readonly untilMs: number
}

export interface Simulation {
  readonly fates: readonly Fate[]
  readonly gate: Gate
  readonly time: FakeTime
  /** Tokens that the provider counted in minutes throughout which calls waited, of those that it allows; NaN: there was none. */
  readonly usedWhileWaiting: number
}

/** Sends calls through a gate to a provider, all in simulated time. */
export const simulate = async (options: SimulationOptions): Promise<Simulation> => {
  const time = createFakeTime()
  const gate = new Gate({ name: 'sim', limits: options.limits, ...time })
  for (const quota of options.quotas ?? []) gate.quota.limit(quota, 'configured')
  const fates: Fate[] = []
  const visit = createVisit({ options, gate, time, fates })
  for (const arrival of options.arrivals) time.at(arrival.at, () => void visit(arrival))
  const usage = watchUsage(options, { gate, time })
  await time.run(options.untilMs)
  return { fates, gate, time, usedWhileWaiting: usage() }
}

const minuteMs = 60_000

/** Looks every second how much of the last minute was used, where calls waited in all of it. */
const watchUsage = ({ meter, quotas, untilMs }: SimulationOptions, { gate, time }: Pick<World, 'gate' | 'time'>) => {
  const totals: number[] = []
  const shares: number[] = []
  let waitedSince = 0
  const limit = quotas?.find(({ unit }) => unit === 'tokens')?.limit ?? Number.NaN
  for (let second = 0; second * 1_000 <= untilMs; second++)
    time.at(second * 1_000, () => {
      totals.push(meter?.total ?? 0)
      if (gate.waiting === 0) waitedSince = time.clock.now()
      const before = totals[second - minuteMs / 1_000]
      if (before === undefined || time.clock.now() - waitedSince < minuteMs) return
      shares.push(((meter?.total ?? 0) - before) / limit)
    })
  return (): number => shares.reduce((sum, share) => sum + share, 0) / shares.length
}

interface World {
  readonly options: SimulationOptions
  readonly gate: Gate
  readonly time: FakeTime
  readonly fates: Fate[]
}

const createVisit = ({ options, gate, time, fates }: World) => {
  const { clock } = time
  const { meter, servers = Number.POSITIVE_INFINITY } = options
  let busy = 0
  const serve = async (arrival: Arrival, pass: Pass): Promise<Fate['outcome']> => {
    if (busy >= servers || meter?.takes(arrival.prompt, clock.now()) === false) {
      pass.leave({ used: { prompt: 0, output: 0 }, isOverload: true, isThrottled: true, isGood: false, pauseMs: 1_000 })
      return 'throttled'
    }
    busy++
    await new Promise<void>((resolve) => time.at(clock.now() + arrival.serviceMs, resolve))
    busy--
    meter?.answers(arrival.output, clock.now())
    gate.forecast.add({ model: 'm', key: arrival.tenant }, arrival.output)
    pass.leave({ used: arrival, isOverload: false, isGood: true, firstTokenMs: 100 })
    return 'ok'
  }
  return async (arrival: Arrival): Promise<void> => {
    const { tenant, weight = 1, priority = 'normal', prompt, at, patienceMs } = arrival
    const stop = new Stop()
    const cancel = time.alarm(() => stop.abort('late'), patienceMs)
    const tell = (outcome: Fate['outcome'], queuedMs: number): void => {
      cancel()
      fates.push({ arrival, outcome, queuedMs, endedAt: clock.now() })
    }
    let coming: Pass | Promise<Pass>
    try {
      const need = { prompt, output: gate.forecast.of({ model: 'm', key: tenant }) }
      const latestStart = at + patienceMs - Math.min(1_000, patienceMs / 10)
      coming = gate.enter({ tenant, weight, priority, need, latestStart, signal: stop })
    } catch {
      tell('refused', 0)
      return
    }
    try {
      const pass = coming instanceof Promise ? await coming : coming
      tell(await serve(arrival, pass), pass.queuedMs)
    } catch (thrown) {
      tell(thrown === 'late' ? 'cancelled' : 'shed', clock.now() - at)
    }
  }
}
