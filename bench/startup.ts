/** How long until the first answer, and how much memory does it hold when nobody asks? */
import { setTimeout as sleep } from 'node:timers/promises'
import { untilAnswered } from './rig/children.ts'
import { residentBytes } from './rig/process-figures.ts'
import { type Measurement, type Rig, type SubjectName, subjectNames } from './rig/rig.ts'
import { asksWell, startJsonUpstream, startSubject } from './rig/subjects.ts'

const idleMs = 3_000
const mebibyte = 1024 * 1024

interface Started {
  readonly seconds: number
  readonly idleMebibytes: number
}

/** From the start of the program to its first whole answer, then its memory after a pause. */
const startOnce = async (rig: Rig, name: SubjectName, upstreamUrl: string): Promise<Started> => {
  const before = performance.now()
  const subject = await startSubject(rig, { name, upstreamUrl })
  await untilAnswered(subject.child, () => asksWell(subject))
  const seconds = (performance.now() - before) / 1_000
  await sleep(idleMs)
  const idleMebibytes = residentBytes(subject.child.pid) / mebibyte
  await subject.child.stop()
  return { seconds, idleMebibytes }
}

export const startup: Measurement = async (rig) => {
  const upstream = await startJsonUpstream(rig)
  const seen: Record<SubjectName, Started[]> = { nginx: [], floor: [], tollgate: [] }
  for (let repetition = 1; repetition <= rig.repetitions; repetition++) {
    for (const name of subjectNames) {
      const started = await startOnce(rig, name, upstream.url)
      seen[name].push(started)
      rig.say(`startup ${repetition}/${rig.repetitions}: ${name} ${(started.seconds * 1_000).toFixed(0)} ms`)
    }
  }
  await upstream.child.stop()
  const samples = (figure: keyof Started): Record<SubjectName, number[]> => ({
    nginx: seen.nginx.map((started) => started[figure]),
    floor: seen.floor.map((started) => started[figure]),
    tollgate: seen.tollgate.map((started) => started[figure]),
  })
  return [
    { measure: 'start to first answer', unit: 's', samples: samples('seconds'), target: '≤ 1 s' },
    {
      measure: `resident memory, idle for ${idleMs / 1_000} s`,
      unit: 'MiB',
      samples: samples('idleMebibytes'),
      target: '≤ 120 MB',
    },
  ]
}
