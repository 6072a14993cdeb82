/** What does an event of a stream cost, passed as it came and translated into another language? */
import { setTimeout as sleep } from 'node:timers/promises'
import { load } from './load.ts'
import { callerHeaders, chatBody, messagesBody } from './rig/bodies.ts'
import { untilAnswered } from './rig/children.ts'
import { cpuUs } from './rig/process-figures.ts'
import { median } from './rig/report.ts'
import type { Measurement, Rig, Row, SubjectName } from './rig/rig.ts'
import { type Served, type Subject, startStreamUpstream, startSubjects } from './rig/subjects.ts'
import { undisturbed } from './rig/undisturbed.ts'

const streams = 64
const settings = { events: 1_600, tickMs: 5 } as const

/**
 * Inside the life of one generation of streams, so that beginnings and endings of calls are not in the figure; and late in
 * it, when what runs has been compiled for what it does.
 */
const settlingMs = 3_500
const windowMs = 3_000
const loadSeconds = 7

const openAi = { path: '/v1/chat/completions', body: chatBody(true), endMark: 'data: [DONE]' }
const anthropic = { path: '/v1/messages', body: messagesBody(true), endMark: 'event: message_stop' }

interface Way {
  readonly subject: Subject
  readonly door: typeof openAi
  readonly label: string
  readonly samples: number[]
}

const written = async ({ url }: Served): Promise<number> => Number(await (await fetch(`${url}/written`)).text())

/** One stream read to its end. Throws when an event is missing. */
const checkStream = async ({ subject, door, label }: Way): Promise<void> => {
  const answer = await fetch(subject.url + door.path, { method: 'POST', headers: callerHeaders, body: door.body })
  const text = await answer.text()
  const events = text.match(/^data: /gm)?.length ?? 0
  if (!answer.ok || events < settings.events || !text.includes(door.endMark)) {
    throw new Error(`${label} answered ${answer.status} with ${events} events: ${text.slice(-500)}`)
  }
}

const drive = (rig: Rig, { subject, door }: Way): Promise<unknown> =>
  load(rig, { url: subject.url + door.path, body: door.body, connections: streams, seconds: loadSeconds })

/** CPU microseconds of a subject for one event that the upstream wrote. */
const costOf = async (rig: Rig, upstream: Served, way: Way): Promise<number> => {
  const { pid } = way.subject.child
  const measure = async (): Promise<number> => {
    await sleep(settlingMs)
    const [cpuBefore, writtenBefore] = [cpuUs(pid), await written(upstream)]
    await sleep(windowMs)
    const [cpuAfter, writtenAfter] = [cpuUs(pid), await written(upstream)]
    return (cpuAfter - cpuBefore) / (writtenAfter - writtenBefore)
  }
  return undisturbed(rig, pid, async () => {
    const [cost] = await Promise.all([measure(), drive(rig, way)])
    return cost
  })
}

const isReady = async ({ url }: Served): Promise<boolean> => (await fetch(`${url}/`)).status > 0

const waysOf = (subjects: readonly Subject[]): Way[] =>
  subjects.flatMap((subject) => {
    const untouched = { subject, door: openAi, label: `${subject.name}, untouched`, samples: [] }
    if (subject.name !== 'tollgate') return [untouched]
    return [untouched, { subject, door: anthropic, label: 'tollgate, translated', samples: [] }]
  })

const rowsOf = (ways: readonly Way[]): Row[] => {
  const samplesOf = (name: SubjectName, door: Way['door']): readonly number[] =>
    ways.find((way) => way.subject.name === name && way.door === door)?.samples ?? []
  const [nginx, floor] = [samplesOf('nginx', openAi), samplesOf('floor', openAi)]
  const rows = (kind: string, door: Way['door'], target: string): Row[] => {
    const tollgate = samplesOf('tollgate', door)
    const above = tollgate.map((cost) => cost - median(floor))
    const measure = `SSE chunk, ${kind}`
    return [
      { measure: `${measure}, ${streams} streams`, unit: 'µs CPU', samples: { nginx, floor, tollgate } },
      { measure: `${measure}, above the floor`, unit: 'µs CPU', samples: { tollgate: above }, target },
    ]
  }
  return [...rows('untouched', openAi, '≤ 3 µs'), ...rows('translated', anthropic, '≤ 7 µs')]
}

export const chunks: Measurement = async (rig) => {
  const upstream = await startStreamUpstream(rig, settings)
  const subjects = await startSubjects(rig, upstream.url)
  for (const subject of subjects) await untilAnswered(subject.child, () => isReady(subject))
  const ways = waysOf(subjects)
  for (const way of ways) {
    rig.say(`chunks: warming up ${way.label}`)
    await Promise.all([checkStream(way), drive(rig, way)])
  }
  for (let repetition = 1; repetition <= rig.repetitions; repetition++) {
    for (const way of ways) {
      const cost = await costOf(rig, upstream, way)
      way.samples.push(cost)
      rig.say(`chunks ${repetition}/${rig.repetitions}: ${way.label} ${cost.toFixed(2)} µs CPU`)
    }
  }
  for (const { child } of [...subjects, upstream]) await child.stop()
  return rowsOf(ways)
}
