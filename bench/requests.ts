/** What does a whole answer cost: CPU per request, and time added for one caller alone? */
import { type Loaded, load } from './load.ts'
import { chatBody } from './rig/bodies.ts'
import { untilAnswered } from './rig/children.ts'
import { cpuUs } from './rig/process-figures.ts'
import { median } from './rig/report.ts'
import type { Measurement, Rig, Row } from './rig/rig.ts'
import { asksWell, type Served, type Subject, startJsonUpstream, startSubjects } from './rig/subjects.ts'
import { undisturbed } from './rig/undisturbed.ts'

const connectionCounts = [16, 64] as const

/** Until everything is compiled that is worth it: tens of thousands of requests. */
const warmUpSeconds = 15

const body = chatBody(false)
const path = '/v1/chat/completions'

const ask = async (rig: Rig, { url }: Served, connections: number): Promise<Loaded> => {
  const loaded = await load(rig, { url: url + path, body, connections, seconds: rig.seconds })
  if (loaded.requests === 0) throw new Error(`${url} answered nothing in ${rig.seconds} s`)
  return loaded
}

/** CPU microseconds of a subject for one request. */
const costOf = async (rig: Rig, subject: Subject, connections: number): Promise<number> => {
  const { pid } = subject.child
  return undisturbed(rig, pid, async () => {
    const before = cpuUs(pid)
    const { requests } = await ask(rig, subject, connections)
    return (cpuUs(pid) - before) / requests
  })
}

const costRows = async (rig: Rig, subjects: readonly Subject[]): Promise<Row[]> => {
  const rows = connectionCounts.map((connections) => ({ connections, samples: { nginx: [], floor: [], tollgate: [] } }))
  for (let repetition = 1; repetition <= rig.repetitions; repetition++) {
    for (const { connections, samples } of rows) {
      for (const subject of subjects) {
        const cost = await costOf(rig, subject, connections)
        const own: number[] = samples[subject.name]
        own.push(cost)
        rig.say(`requests ${repetition}/${rig.repetitions}: ${subject.name} c${connections} ${cost.toFixed(1)} µs CPU`)
      }
    }
  }
  return rows.map(({ connections, samples }) => ({
    measure: `whole request, ${connections} connections`,
    unit: 'µs CPU',
    samples,
    target: '≤ 4.5 × nginx',
  }))
}

const latencyRows = async (rig: Rig, subjects: readonly Subject[], upstream: Served): Promise<Row[]> => {
  const direct: Loaded[] = []
  const seen = subjects.map((subject) => ({ subject, loads: [] as Loaded[] }))
  for (let repetition = 1; repetition <= rig.repetitions; repetition++) {
    rig.say(`requests ${repetition}/${rig.repetitions}: one connection, direct and through each`)
    direct.push(await ask(rig, upstream, 1))
    for (const { subject, loads } of seen) {
      loads.push(await undisturbed(rig, subject.child.pid, () => ask(rig, subject, 1)))
    }
  }
  const added = (percentile: 'p50Us' | 'p99Us'): Row['samples'] => {
    const without = median(direct.map((loaded) => loaded[percentile]))
    return Object.fromEntries(
      seen.map(({ subject, loads }) => [subject.name, loads.map((loaded) => (loaded[percentile] - without) / 1_000)]),
    )
  }
  return [
    { measure: 'added to direct, one connection, p50', unit: 'ms', samples: added('p50Us') },
    { measure: 'added to direct, one connection, p99', unit: 'ms', samples: added('p99Us'), target: '≤ 0.5 ms' },
  ]
}

export const requests: Measurement = async (rig) => {
  const upstream = await startJsonUpstream(rig)
  const subjects = await startSubjects(rig, upstream.url)
  for (const subject of subjects) {
    await untilAnswered(subject.child, () => asksWell(subject))
    rig.say(`requests: warming up ${subject.name}`)
    await load(rig, { url: subject.url + path, body, connections: 64, seconds: warmUpSeconds })
  }
  const rows = [...(await costRows(rig, subjects)), ...(await latencyRows(rig, subjects, upstream))]
  for (const { child } of [...subjects, upstream]) await child.stop()
  return rows
}
