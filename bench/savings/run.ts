/**
 * What answering from memory saves, and how often it is wrong. `node bench/savings/run.ts --data <folder>` reads public
 * data sets from a folder: `qqp_dev.jsonl.gz` (Quora Question Pairs, lines of `[text, text, 0 or 1]`) and
 * `gptcache_mock_data.json` (of GPTCache's own tests, `{origin, similar}`). Without a folder it makes up a small workload.
 * `--seeds 1,2,3` names the streams, `--out <file>` is where the figures go as JSON.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { drive } from './drive.ts'
import { type Figures, figuresOf, tableOf } from './figures.ts'
import { levers } from './levers.ts'
import { startProvider } from './provider.ts'
import { madeUp, readWorkloads } from './workloads.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    out: { type: 'string' },
    gateway: { type: 'string' },
  },
})
const seeds = values.seeds.split(',').map(Number)
const program = values.gateway ?? fileURLToPath(new URL('gateway.ts', import.meta.url))
const workloads = values.data === undefined ? seeds.map(madeUp) : readWorkloads(values.data, seeds)
if (workloads.length === 0) throw new Error(`No data set is in ${values.data}.`)

const all: Figures[] = []
for (const workload of workloads) {
  const clusters = new Map([...workload.before, ...workload.stream].map(({ text, cluster }) => [text, cluster]))
  await using provider = await startProvider(clusters)
  for (const lever of levers) {
    const seen = await drive(workload, lever, { provider, program })
    all.push(figuresOf(workload, lever.name, { seen, provider, log: { ...provider.log } }))
    console.error(`${workload.id} ${workload.seed} ${lever.name}`)
  }
}
console.log(tableOf(all))
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(all, undefined, 2)}\n`)
