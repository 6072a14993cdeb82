import { createAlerts } from './alerts.ts'
import { isGone } from './host.ts'
import type { LeaseParts } from './lease.ts'
import { mostSettled, type WindowKey } from './windows.ts'

const heartbeatMs = 500
/** A process whose heart has not beaten for so many beats of ours is dead: 3 s, however clocks jump. */
const missedBeats = 6

const beat = 'UPDATE processes SET beat = beat + 1, seen_at = @now WHERE id = @id'
const readOthers = 'SELECT id, pid, host, beat FROM processes WHERE is_dead = 0 AND id <> ?'

interface Other {
  readonly id: number
  readonly pid: number
  readonly host: string
  readonly beat: number
}

/** What this process last saw of another, and for how many beats of its own nothing else. */
interface Seen {
  readonly beat: number
  readonly missed: number
}

/** Tells others that this process lives, and takes those for dead that do not tell. */
export const startHeartbeat = ({ session, time, members }: LeaseParts): void => {
  const { database } = session
  const live = database.prepare<[object]>(beat)
  const others = database.prepare<[number], Other>(readOthers)
  const bury = createBury({ session, time, members })
  let seen: ReadonlyMap<number, Seen> = new Map()

  const look = (all: readonly Other[]): ReadonlyMap<number, Seen> =>
    new Map(
      all.map(({ id, beat }) => {
        const before = seen.get(id)
        return [id, { beat, missed: before?.beat === beat ? before.missed + 1 : 0 }]
      }),
    )

  const once = (): void => {
    const id = members.current()
    live.run({ id, now: time.now() })
    const all = others.all(id)
    seen = look(all)
    for (const other of all)
      if ((seen.get(other.id)?.missed ?? 0) >= missedBeats || isGone(other.host, other.pid)) bury(other.id)
    session.afterCommit(members.look)
  }

  session.every(heartbeatMs, () => {
    if (!members.isMember) return
    // A beat that is lost with the machine's power is missed by nobody, and needs no wait for the disk.
    database.pragma('synchronous = NORMAL')
    try {
      session.transact(once)
    } finally {
      database.pragma('synchronous = FULL')
    }
  })
}

/** Takes those for dead that are surely gone, without waiting: what they left is then seen as lost at once. */
export const buryGone = (parts: LeaseParts): void => {
  const bury = createBury(parts)
  const others = parts.session.database.prepare<[number], Other>(readOthers)
  for (const { id, host, pid } of others.all(0)) if (isGone(host, pid)) bury(id)
}

const markDead = 'UPDATE processes SET is_dead = 1 WHERE id = ? AND is_dead = 0'
const sumHeld = `SELECT allowance, subject, period_start AS start, sum(amount) AS amount,
    sum(iif(on_loss = 'charge', amount, 0)) AS charged
  FROM slices WHERE process = ? AND is_lost = 0 GROUP BY allowance, subject, period_start`
const loseWindow = `UPDATE windows SET leased = max(0, leased - @amount), settled = min(settled + @charged, ${mostSettled}),
  lost = min(lost + @charged, ${mostSettled})
  WHERE allowance = @allowance AND subject = @subject AND period_start = @start`
const loseSlices = `UPDATE slices SET is_lost = 1, amount = iif(on_loss = 'charge', amount, 0) WHERE process = ? AND is_lost = 0`

interface Held {
  readonly allowance: string
  readonly subject: string
  readonly start: bigint
  readonly amount: bigint
  readonly charged: bigint
}

/** Charges the money that a dead process held, and frees what else it held. */
const createBury = ({ session, time }: LeaseParts): ((id: number) => void) => {
  const { database } = session
  const mark = database.prepare<[number]>(markDead)
  const held = database.prepare<[number], Held>(sumHeld).safeIntegers()
  const loseFrom = database.prepare<[Held]>(loseWindow)
  const lose = database.prepare<[number]>(loseSlices)
  const alert = createAlerts(session)
  return (id) => {
    if (mark.run(id).changes === 0) return
    const touched: WindowKey[] = []
    for (const each of held.all(id)) {
      loseFrom.run(each)
      touched.push({ allowance: each.allowance, subject: each.subject, start: Number(each.start) })
    }
    lose.run(id)
    alert(touched, time.now())
  }
}
