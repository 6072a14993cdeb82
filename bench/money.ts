/**
 * What do keys, limits, budgets and the ledger cost a call: against a gateway without them, with ten times the keys, with a
 * million lines in the ledger, and with two processes on one file?
 */
import { join } from 'node:path'
import type { LedgerLine } from '../src/core/ledger-line.ts'
import { noUsage } from '../src/core/usage.ts'
import { createSqliteStore } from '../src/stores/sqlite/index.ts'
import { load } from './load.ts'
import { chatBody } from './rig/bodies.ts'
import { untilAnswered } from './rig/children.ts'
import { cpuUs } from './rig/process-figures.ts'
import { median } from './rig/report.ts'
import type { Measurement, Rig, Row } from './rig/rig.ts'
import { asksWell, type Served, type Subject, startJsonUpstream, startSubject } from './rig/subjects.ts'
import { undisturbed } from './rig/undisturbed.ts'

const connections = 32
const path = '/v1/chat/completions'
const body = chatBody(false)

interface Variant {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  /** Keys that ask in turn. */
  readonly keys: number
  /** In the ledger before it starts. */
  readonly lines?: number | undefined
  /** Processes on one store, under load together. */
  readonly processes: number
  readonly against: string
  readonly target: string
}

const plain = 'keys, limits, budgets, ledger'

const variantsIn = (folder: string): readonly Variant[] => [
  {
    name: 'nothing but the call',
    environment: { BENCH_MONEY: 'off', BENCH_KEYS: '100' },
    keys: 100,
    processes: 1,
    against: '',
    target: '',
  },
  {
    name: plain,
    environment: { BENCH_STORE: join(folder, 'one.db'), BENCH_KEYS: '100' },
    keys: 100,
    processes: 1,
    against: 'nothing but the call',
    target: '≤ + 10 µs',
  },
  {
    name: '1,000 keys instead of 100',
    environment: { BENCH_STORE: join(folder, 'keys.db'), BENCH_KEYS: '1000' },
    keys: 1000,
    processes: 1,
    against: plain,
    target: '≤ 1.1 ×',
  },
  {
    name: 'a million lines in the ledger',
    environment: { BENCH_STORE: join(folder, 'lines.db'), BENCH_KEYS: '100' },
    keys: 100,
    lines: 1_000_000,
    processes: 1,
    against: plain,
    target: '≤ 1.1 ×',
  },
  {
    name: 'two processes on one file',
    environment: { BENCH_STORE: join(folder, 'two.db'), BENCH_KEYS: '100' },
    keys: 100,
    processes: 2,
    against: plain,
    target: '≤ 1.1 ×',
  },
]

/** Writes lines as a gateway would have, an hour ago. */
const fill = async (path: string, count: number): Promise<void> => {
  const store = await createSqliteStore(path)
  const from = Date.now() - 3_600_000
  const line: Omit<LedgerLine, 'call' | 'at' | 'key'> = {
    ordinal: 1,
    last: true,
    durationMs: 900,
    team: 'bench',
    model: 'gpt-4o-mini',
    target: 'upstream/gpt-4o-mini',
    operation: 'chat',
    stream: false,
    outcome: 'ok',
    usage: { ...noUsage, input: 212, output: 108 },
    cost: '96600',
  }
  const size = 5_000
  for (let sequence = 1; sequence * size <= count; sequence++) {
    const lines = Array.from({ length: size }, (_, index) =>
      JSON.stringify({ call: `call-${sequence}-${index}`, at: from + index, key: `bench-${index % 100}`, ...line }),
    )
    const batch = { sequence, bookings: [], charges: [], lines: `${lines.join('\n')}\n`, count: size }
    await store.ledger.settle({ ...batch, from, to: from + size })
  }
  await store.reports.report({ from: from - 7_200_000, to: Date.now() + 7_200_000, by: ['key'], where: {}, limit: 1 })
  await store.close()
}

const startAll = async (rig: Rig, variant: Variant, upstreamUrl: string): Promise<readonly Subject[]> => {
  if (variant.lines !== undefined) await fill(variant.environment.BENCH_STORE ?? '', variant.lines)
  const members: Subject[] = []
  for (let each = 0; each < variant.processes; each++) {
    const member = await startSubject(rig, { name: 'tollgate', upstreamUrl, environment: variant.environment })
    await untilAnswered(member.child, () => asksWell(member))
    members.push(member)
  }
  return members
}

const ask = async (rig: Rig, { keys: count }: Variant, members: readonly Served[]): Promise<number> => {
  const keys = Array.from({ length: count }, (_, index) => `sk-bench-${index}`)
  const share = { body, keys, connections: Math.round(connections / members.length), seconds: rig.seconds }
  const loads = await Promise.all(members.map(({ url }) => load(rig, { ...share, url: url + path })))
  return loads.reduce((sum, { requests }) => sum + requests, 0)
}

/** CPU microseconds of all processes of a variant for one request. */
const costOf = (rig: Rig, variant: Variant, members: readonly Subject[]): Promise<number> =>
  undisturbed(
    rig,
    members.map(({ child }) => child.pid),
    async () => {
      const used = (): number => members.reduce((sum, { child }) => sum + cpuUs(child.pid), 0)
      const before = used()
      const requests = await ask(rig, variant, members)
      return (used() - before) / requests
    },
  )

export const money: Measurement = async (rig) => {
  const upstream = await startJsonUpstream(rig)
  const variants = variantsIn(rig.folder)
  const costs = new Map<string, number[]>(variants.map(({ name }) => [name, []]))
  const fleets: { readonly variant: Variant; readonly members: readonly Subject[] }[] = []
  for (const variant of variants) {
    rig.say(`money: starting and warming up: ${variant.name}`)
    const members = await startAll(rig, variant, upstream.url)
    await ask(rig, variant, members)
    await ask(rig, variant, members)
    fleets.push({ variant, members })
  }
  for (let repetition = 1; repetition <= rig.repetitions; repetition++) {
    for (const { variant, members } of fleets) {
      const cost = await costOf(rig, variant, members)
      costs.get(variant.name)?.push(cost)
      rig.say(`money ${repetition}/${rig.repetitions}: ${variant.name} ${cost.toFixed(1)} µs CPU`)
    }
  }
  for (const { child } of [...fleets.flatMap(({ members }) => members), upstream]) await child.stop()
  return variants.flatMap((variant) => rowsOf(variant, costs))
}

const rowsOf = ({ name, against, target }: Variant, costs: ReadonlyMap<string, readonly number[]>): Row[] => {
  const own = costs.get(name) ?? []
  const row: Row = { measure: `whole request: ${name}`, unit: 'µs CPU', samples: { tollgate: own } }
  if (against === '') return [row]
  const base = median(costs.get(against) ?? [])
  const isRatio = target.endsWith('×')
  const compared = own.map((cost) => (isRatio ? cost / base : cost - base))
  return [
    row,
    { measure: `  against: ${against}`, unit: isRatio ? '×' : 'µs CPU', samples: { tollgate: compared }, target },
  ]
}
