/**
 * What does a queue before a provider do to calls, and what does it cost? A trace is sent, in simulated time, to a provider
 * that allows so many tokens a minute; beside it the same without a queue, charged after the fact. Then the CPU of a call
 * with ten thousand others waiting. `node bench/queueing.ts [--data <folder>] [--tokens 300000]`: the folder holds traces
 * with the columns TIMESTAMP,ContextTokens,GeneratedTokens, such as those of Azure's public LLM inference data set; without
 * it a trace is made.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Stop } from '../src/core/stop.ts'
import type { Metering } from '../src/end-to-end/queueing/provider-meter.ts'
import {
  madeTrace,
  type Replay,
  readTrace,
  replay,
  replayCautious,
  replayChargeAfter,
  type TraceRow,
} from '../src/end-to-end/queueing/trace.ts'
import {
  type Limited,
  replayLimit,
  replayLimitAfter,
  replayLimitCautious,
} from '../src/end-to-end/queueing/trace-limits.ts'
import { Gate } from '../src/queueing/gate.ts'
import type { Pass } from '../src/queueing/pass.ts'

const { values } = parseArgs({ options: { data: { type: 'string' }, tokens: { type: 'string', default: '300000' } } })
const tokensPerMinute = Number(values.tokens)

const traces = (): readonly (readonly [name: string, rows: readonly TraceRow[]])[] => {
  const { data } = values
  if (data === undefined) return [['made here', madeTrace(30, tokensPerMinute / 45_000)]]
  return readdirSync(data)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => [name.replace('.csv', ''), readTrace(readFileSync(join(data, name), 'utf8'))])
}

const cell = (text: string | number): string => String(text).padStart(9)
const percent = (share: number): string => cell(Number.isNaN(share) ? '-' : `${(share * 100).toFixed(1)} %`)

const row = (name: string, { answered, throttled, used }: Replay, queued: number): string =>
  [name.padEnd(40), cell(answered), cell(throttled), percent(used), percent(queued / answered - 1)].join(' ')

const compare = async (rows: readonly TraceRow[], metering: Metering): Promise<void> => {
  const limit = { tokensPerMinute, metering }
  const queued = await replay(rows, tokensPerMinute, metering)
  const { answered } = queued
  const cautious = replayCautious(rows, limit)
  console.log(
    `a provider that counts by ${metering} minutes`.padEnd(40),
    '  answered    429s      used  queue has more',
  )
  console.log(row('  with a queue', queued, answered))
  const after = replayChargeAfter(rows, limit, { share: 1, pauseMs: 0 })
  console.log(row('  charged after', after, answered))
  const pausing = replayChargeAfter(rows, limit, { share: 1, pauseMs: 5_000 })
  console.log(row('  charged after, 5 s of rest after a 429', pausing, answered))
  console.log(row(`  charged after, ${cautious.share * 100} % of the limit`, cautious, answered))
}

const limitRow = (name: string, { admitted, peak, used }: Limited, own: number): string =>
  [name.padEnd(40), cell(admitted), percent(peak), percent(used), percent(own / admitted - 1)].join(' ')

/** The same trace meets a limit of its caller's own, by which nobody waits. */
const compareLimits = async (rows: readonly TraceRow[]): Promise<void> => {
  const own = await replayLimit(rows, tokensPerMinute)
  const cautious = replayLimitCautious(rows, tokensPerMinute)
  console.log('a limit of the caller, without waiting'.padEnd(40), '  admitted      peak      used    ours has more')
  console.log(limitRow('  held by forecast, settled', own, own.admitted))
  console.log(limitRow('  charged after', replayLimitAfter(rows, tokensPerMinute, 1), own.admitted))
  console.log(limitRow(`  charged after, ${cautious.share * 100} % of the limit`, cautious, own.admitted))
}

for (const [name, rows] of traces()) {
  const minutes = (rows.at(-1)?.at ?? 0) / 60_000
  const asked = rows.reduce((sum, { prompt, output }) => sum + prompt + output, 0) / minutes
  console.log(`\n${name}: ${rows.length} calls in ${minutes.toFixed(1)} minutes, ${Math.round(asked)} tokens a minute`)
  for (const metering of ['fixed', 'sliding', 'bucket'] as const) await compare(rows, metering)
  await compareLimits(rows)
}
console.log(
  '\nUsed: with a queue, in minutes throughout which calls waited; without one, in all. The last row of each is set so that\nthe provider refuses nothing, as the queue achieves; of a limit of the caller, so that no minute holds more than it.\nPeak: the most tokens of any 60 seconds, of the limit.',
)

const tenants = Array.from({ length: 100 }, (_, index) => `tenant-${index}`)

/** CPU of a call that comes and of one whose turn comes, in microseconds, while so many wait. */
const cpuPerCall = async (waiting: number, calls: number): Promise<number> => {
  let now = 0
  const limits = { maxWaitMs: 3_600_000, length: waiting * 2, concurrency: 20 }
  const gate = new Gate({ name: 'bench', limits, clock: { now: () => now }, alarm: () => () => {} })
  gate.quota.limit({ unit: 'tokens', limit: 1e12, windowMs: 60_000 }, 'configured')
  const through: Pass[] = []
  // Every call has a signal, whether it waits or not.
  const signals = Array.from({ length: calls + waiting + 20 }, () => new Stop())
  let asked = 0
  const ask = (): void => {
    const output = gate.forecast.of({ model: 'm', key: 'k' })
    const tenant = tenants[asked % tenants.length] as string
    const signal = signals[asked++] as Stop
    const need = { prompt: 500, output }
    const asking = { tenant, weight: 1, priority: 'normal', need, latestStart: Infinity, signal } as const
    const pass = gate.enter(asking)
    if (pass instanceof Promise) void pass.then((given) => through.push(given))
    else through.push(pass)
  }
  const end = (): void =>
    through.shift()?.leave({ used: { prompt: 500, output: 200 }, isOverload: false, isGood: true, firstTokenMs: 100 })
  for (let index = 0; index < waiting + 20; index++) ask()
  const began = process.cpuUsage()
  for (let index = 0; index < calls; index++) {
    now += 0.05
    ask()
    end()
    if (index % 20 === 0) await undefined
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / calls
}

await cpuPerCall(100, 20_000)
console.log('\nCPU of a call that waits for its turn, from coming to ending:')
for (const waiting of [100, 1_000, 10_000])
  console.log(`  ${cell(waiting)} waiting ${(await cpuPerCall(waiting, 100_000)).toFixed(2).padStart(8)} µs`)
