/**
 * What does asking a second target after the 95th percentile do to the slowest calls, and what does it cost? Two simulated
 * targets with a heavy tail, asked with and without. `node bench/hedging.ts`; it needs nothing else and takes a minute.
 */
import { measureTail, type Tail } from '../src/end-to-end/routing/tail.ts'

const calls = 4_000
const before = 1_000
const atOnce = 40
const latencyMs = { p50: 60, p99: 1_200 }

const ms = (value: number): string => `${Math.round(value)} ms`.padStart(9)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8)

const row = (name: string, { p50, p95, p99, hedgeShare, extraCost }: Tail): string =>
  [name.padEnd(22), ms(p50), ms(p95), ms(p99), percent(hedgeShare), percent(extraCost)].join(' ')

const plain = await measureTail({ calls, before, atOnce, latencyMs })
const rows = [row('without', plain)]
for (const hedge of [
  { after: 'p95', budget: '5%' },
  { after: 'p95', budget: '2%' },
  { after: 'p90', budget: '10%' },
])
  rows.push(
    row(`${hedge.after}, at most ${hedge.budget}`, await measureTail({ calls, before, atOnce, latencyMs, hedge })),
  )

console.log(
  `${calls} streams, ${atOnce} at once, first words after ${latencyMs.p50} ms (p50) and ${latencyMs.p99} ms (p99)`,
)
console.log(`${'hedge'.padEnd(22)}       p50       p95       p99    asked    extra`)
console.log(`${''.padEnd(22)}                                  twice     cost`)
for (const each of rows) console.log(each)
