import type { LeaseParts } from './lease.ts'

const lookMs = 5_000
const mostBytes = 1024 * 1024 * 1024
const mostAnswers = 500_000
/** After so much was added it is counted anew: counting goes through an index of everything. */
const share = 64
/** So many rows at a time: the writer has other things to do. */
const together = 200
const mostSteps = 20

const dropOld = `DELETE FROM idempotent WHERE fence IN (
  SELECT fence FROM idempotent WHERE until <= @now ORDER BY until LIMIT ${together})`
const sumByOwner = 'SELECT owner, count(*) AS answers, sum(bytes) AS bytes FROM idempotent GROUP BY owner'
const dropOldest = `DELETE FROM idempotent WHERE fence IN (
  SELECT fence FROM idempotent WHERE owner = ? AND answer IS NOT NULL ORDER BY until LIMIT ${together})`

interface Owner {
  readonly owner: string
  readonly answers: number
  readonly bytes: number
}

/** Keeps the answers to calls with a key within their room: what is over goes, then the oldest of who has the most. */
export interface Room {
  /** An answer of so many bytes was put. */
  added(bytes: number): void
}

export interface RoomLimits {
  readonly bytes: number
  readonly answers: number
}

export const startMakingRoom = (parts: LeaseParts): Room => {
  const { session, time, members } = parts
  const makeRoom = createMakeRoom(parts)
  const old = session.database.prepare<[object]>(dropOld)
  let bytes = mostBytes
  let answers = 0
  session.every(lookMs, () => {
    if (!members.isMember) return
    session.transact(() => old.run({ now: time.now() }))
    if (bytes < mostBytes / share && answers < mostAnswers / share) return
    bytes = 0
    answers = 0
    makeRoom({ bytes: mostBytes, answers: mostAnswers })
  })
  return {
    added: (more) => {
      bytes += more
      answers++
    },
  }
}

/** Deletes as much as is too much, in steps of which each is a transaction of its own. */
export const createMakeRoom = ({ session }: Pick<LeaseParts, 'session'>): ((limits: RoomLimits) => void) => {
  const sums = session.database.prepare<[], Owner>(sumByOwner)
  const oldest = session.database.prepare<[string]>(dropOldest)
  return (limits) => {
    for (let step = 0; step < mostSteps; step++) {
      const owners = sums.all()
      const total = owners.reduce((sum, each) => sum + each.bytes, 0)
      const count = owners.reduce((sum, each) => sum + each.answers, 0)
      if (total <= limits.bytes && count <= limits.answers) return
      const by = total > limits.bytes ? 'bytes' : 'answers'
      const largest = owners.reduce((one, other) => (other[by] > one[by] ? other : one))
      if (session.transact(() => oldest.run(largest.owner)).changes === 0) return
    }
  }
}
