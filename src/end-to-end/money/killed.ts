import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openaiText, type Step, startFakeUpstream } from '../../testing/index.ts'
import { seeded } from '../faults/harness.ts'
import { callNanos, type Fleet, linesOf, standingsOf, startFleet } from './fleet.ts'
import { configFor, flood } from './overspend.ts'

/** Where a process is killed: in its own book-keeping, or by what its upstream or its caller sees. */
export const points = [
  'before a lease',
  'after a lease',
  'before settling',
  'while settling',
  'after settling',
  'before giving back',
  'request arrived',
  'first event sent',
  'half of the events sent',
  'answer ended',
  'second target asked',
  'caller left',
] as const

export type Point = (typeof points)[number]

const program = fileURLToPath(new URL('./doomed.ts', import.meta.url))

interface Doomed {
  readonly child: ChildProcess
  readonly url: string
  readonly ended: Promise<unknown>
}

const startDoomed = async (file: string, point: Point, time: number): Promise<Doomed> => {
  const child = spawn(process.execPath, [program, file, point, String(time)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const [url] = await once(createInterface(child.stdout), 'line')
  return { child, url, ended }
}

const delays: Readonly<Partial<Record<Point, number>>> = {
  'request arrived': 0,
  'first event sent': 25,
  'half of the events sent': 60,
  'answer ended': 130,
}

/** Answers, and kills when the point has come. */
const fatal = (point: Point, kill: () => void): (() => Step) => {
  let asked = 0
  return () => {
    const number = ++asked
    const answer = { ...openaiText('One two three four.', { stream: true }), firstEventDelayMs: 20, eventDelayMs: 15 }
    const delay = delays[point]
    if (delay !== undefined && number === 15) setTimeout(kill, delay)
    if (point !== 'second target asked' || number > 16) return answer
    if (number === 16) kill()
    return number === 15 ? { status: 500, body: '{"error":{"message":"no"}}' } : answer
  }
}

/**
 * Kills one of two processes on one store at a point, lets the other spend what is left, and looks at the books: never
 * more than the limit, never less than what was bought, nothing held, and nothing refused that could be had.
 */
export const killAt = async (point: Point, time: number): Promise<void> => {
  await using upstream = await startFakeUpstream()
  await using fleet = await startFleet(1, configFor(upstream.url, 1))
  const doomed = await startDoomed(join(fleet.folder, 'tollgate.json'), point, time)
  const kill = (): void => void doomed.child.kill('SIGKILL')
  upstream.always(fatal(point, kill))
  const crowd = { processes: 1, calls: 40, usd: 1, stream: true }
  const asked = flood({ ...fleet, members: [doomed] } as unknown as Fleet, crowd, seeded(time))
  if (point === 'caller left') setTimeout(kill, 40)
  await asked
  if (point === 'before giving back') doomed.child.kill('SIGTERM')
  else if (doomed.child.exitCode === null) setTimeout(kill, 200)
  await doomed.ended
  await released(fleet)
  const boughtBefore = upstream.journal.length
  upstream.always(() => openaiText('One two three.', { stream: true }))
  const outcomes = await flood(fleet, { ...crowd, calls: 150 }, seeded(2))
  await fleet.stop()
  const [standing] = (await standingsOf(fleet.path)).filter(({ subject }) => subject === 'key:web')
  assert.ok(standing)
  const lines = await linesOf(fleet.path)
  const known = lines.reduce((sum, { cost }) => sum + BigInt(cost ?? '0'), 0n)
  const served = outcomes.filter((each) => each === 'served').length
  assert.equal(standing.leased, 0n, 'nothing is held')
  assert.ok(standing.settled <= 1_000_000_000n, `${standing.settled} was spent`)
  assert.equal(standing.settled, known + standing.lost, 'what was settled is in lines, or was lost')
  assert.ok(standing.settled >= BigInt(served) * callNanos)
  // A request that was refused by the upstream cost nothing; all others that arrived are paid for, or counted as lost.
  const refused = point === 'second target asked' ? 1 : 0
  assert.ok(standing.settled >= BigInt(boughtBefore - refused + served) * callNanos, 'nothing was had for nothing')
  assert.ok(standing.settled >= 980_000_000n, `only ${standing.settled} could be spent`)
}

/** The dead hold nothing for longer than a few seconds. */
const released = async ({ path }: Fleet): Promise<void> => {
  for (const deadline = Date.now() + 10_000; ; ) {
    const standings = await standingsOf(path)
    if (standings.every(({ leased }) => leased === 0n)) return
    assert.ok(Date.now() < deadline, 'what the dead held is not released')
    await sleep(100)
  }
}
