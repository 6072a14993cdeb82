import { randomFrom } from '../../providers/simulated-random.ts'
import { Heap } from '../../queueing/heap.ts'
import { createProviderMeter, type Metering } from './provider-meter.ts'
import { type Arrival, type Simulation, simulate } from './simulation.ts'

/** A call of a recorded trace. */
export interface TraceRow {
  readonly at: number
  readonly prompt: number
  readonly output: number
}

/** How long a provider takes for an answer: to begin, and for each token. */
const beginMs = 400
const tokenMs = 20
const patienceMs = 120_000
const tenants = 8

/** The rows of a trace with the columns `TIMESTAMP,ContextTokens,GeneratedTokens`. Throws for anything else. */
export const readTrace = (text: string): TraceRow[] => {
  const [head, ...lines] = text.trim().split(/\r?\n/)
  if (head !== 'TIMESTAMP,ContextTokens,GeneratedTokens') throw new Error('This is no trace: its columns are others.')
  let first: number | undefined
  return lines.map((line) => {
    const [time = '', prompt, output] = line.split(',')
    const at = Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`)
    first ??= at
    return { at: at - first, prompt: Number(prompt), output: Number(output) }
  })
}

/** A trace that is like one: bursts over a steady load, most calls short, some long. */
export const madeTrace = (minutes: number, perSecond: number, seed = 1): TraceRow[] => {
  const random = randomFrom(String(seed))
  const rows: TraceRow[] = []
  for (let at = 0; at < minutes * 60_000; ) {
    const burst = Math.floor(at / 20_000) % 4 === 0 ? 2 : 0.7
    at += (-Math.log(1 - random()) * 1_000) / (perSecond * burst)
    const prompt = Math.round(100 + 900 * -Math.log(1 - random()))
    rows.push({ at, prompt, output: Math.round(20 + 180 * -Math.log(1 - random())) })
  }
  return rows
}

/** How long a provider takes for the answer of a row. */
export const serviceMsOf = ({ output }: TraceRow): number => beginMs + output * tokenMs

const arrivalsOf = (rows: readonly TraceRow[]): Arrival[] =>
  rows.map((row, index) => ({
    ...row,
    tenant: `tenant-${index % tenants}`,
    serviceMs: serviceMsOf(row),
    patienceMs,
  }))

/** What came of a trace. */
export interface Replay {
  readonly asked: number
  readonly answered: number
  /** Refused by the provider. */
  readonly throttled: number
  /** Of the provider's limit, in minutes throughout which calls waited. */
  readonly used: number
}

/** Sends a trace through a gate to a provider that allows so many tokens per minute. */
export const replay = async (
  rows: readonly TraceRow[],
  tokensPerMinute: number,
  metering: Metering,
): Promise<Replay> => {
  const untilMs = (rows.at(-1)?.at ?? 0) + patienceMs
  const limits = { maxWaitMs: 30_000, length: 1_000, concurrency: 1_000 }
  const quotas = [{ unit: 'tokens', limit: tokensPerMinute, windowMs: 60_000 }] as const
  const meter = createProviderMeter(metering, tokensPerMinute)
  const simulation = await simulate({ arrivals: arrivalsOf(rows), limits, quotas, meter, untilMs })
  return { asked: rows.length, ...countsOf(simulation), used: simulation.usedWhileWaiting }
}

const countsOf = ({ fates }: Simulation): Pick<Replay, 'answered' | 'throttled'> => ({
  answered: fates.filter(({ outcome }) => outcome === 'ok').length,
  throttled: fates.filter(({ outcome }) => outcome === 'throttled').length,
})

/** How charging after the fact is done. */
export interface ChargeAfter {
  /** Of the provider's limit, so much is used before calls are refused. */
  readonly share: number
  /** How long the provider is left alone after it refused one. */
  readonly pauseMs: number
}

/**
 * The same without a queue, as is usual: a call is let in while what was used in this minute is below the limit, and
 * charged when its answer is there; what is over the limit is refused, here or by the provider.
 */
export const replayChargeAfter = (
  rows: readonly TraceRow[],
  { tokensPerMinute, metering }: { readonly tokensPerMinute: number; readonly metering: Metering },
  { share, pauseMs }: ChargeAfter,
): Replay => {
  const provider = createProviderMeter(metering, tokensPerMinute)
  const under = new Heap<{ at: number; readonly order: number; readonly row: TraceRow }>()
  let minute = 0
  let used = 0
  let pausedUntil = 0
  let answered = 0
  let throttled = 0
  const pass = (now: number): void => {
    if (Math.floor(now / minuteMs) !== minute) used = 0
    minute = Math.floor(now / minuteMs)
  }
  for (const [order, row] of rows.entries()) {
    for (let ended = under.least; ended && ended.at <= row.at; ended = under.least) {
      under.takeLeast()
      pass(ended.at)
      provider.answers(ended.row.output, ended.at)
      used += ended.row.prompt + ended.row.output
    }
    pass(row.at)
    if (used >= tokensPerMinute * share || row.at < pausedUntil) continue
    if (!provider.takes(row.prompt, row.at)) {
      throttled++
      pausedUntil = row.at + pauseMs
      continue
    }
    answered++
    under.add({ at: row.at + serviceMsOf(row), order, row })
  }
  const minutes = (rows.at(-1)?.at ?? 0) / minuteMs
  return { asked: rows.length, answered, throttled, used: provider.total / (tokensPerMinute * minutes) }
}

/** The same with the largest share of the limit, in steps of a fiftieth, at which the provider refuses nothing. */
export const replayCautious = (
  rows: readonly TraceRow[],
  limit: { readonly tokensPerMinute: number; readonly metering: Metering },
): Replay & { readonly share: number } => {
  for (let step = 50; ; step--) {
    const result = replayChargeAfter(rows, limit, { share: step / 50, pauseMs: 0 })
    if (result.throttled === 0 || step === 1) return { ...result, share: step / 50 }
  }
}

const minuteMs = 60_000
