import type { Claimed, KeyedCall } from '../store.ts'
import { startMakingRoom } from './idempotency-room.ts'
import type { LeaseParts } from './lease.ts'

const find = `SELECT fence, asked, until, answer,
    EXISTS (SELECT 1 FROM processes WHERE processes.id = process AND is_dead = 0) AS isAlive
  FROM idempotent WHERE name = ?`
const remove = 'DELETE FROM idempotent WHERE fence = ?'
const add = `INSERT INTO idempotent (name, asked, owner, process, until)
  VALUES (@name, @asked, @owner, @process, @until)`
const keep = `UPDATE idempotent SET answer = @answer, bytes = @bytes, until = @until
  WHERE fence = @fence AND answer IS NULL`
const drop = 'DELETE FROM idempotent WHERE fence = ? AND answer IS NULL'

interface Row {
  readonly fence: number
  readonly asked: string
  readonly until: number
  readonly answer: Uint8Array | null
  readonly isAlive: number
}

export interface FinishArgument {
  readonly fence: number
  readonly answer: Uint8Array
  readonly keepMs: number
}

/** The writing side of calls with a key: every answer to `claim` is decided in one transaction. */
export const idempotencyProcedures = (parts: LeaseParts) => {
  const { session, time, members } = parts
  const { database } = session
  const finding = database.prepare<[string], Row>(find)
  const removing = database.prepare<[number]>(remove)
  const adding = database.prepare<[object]>(add)
  const keeping = database.prepare<[object]>(keep)
  const dropping = database.prepare<[number]>(drop)
  const room = startMakingRoom(parts)
  return {
    claimKey: ({ name, asked, owner, leaseMs }: KeyedCall): Claimed => {
      const now = time.now()
      const found = finding.get(name)
      if (found && found.until > now && (found.answer !== null || found.isAlive === 1)) {
        if (found.asked !== asked) return { kind: 'mismatch' }
        return found.answer === null ? { kind: 'running' } : { kind: 'done', answer: found.answer }
      }
      if (found) removing.run(found.fence)
      const process = members.current()
      const until = now + Math.ceil(leaseMs)
      const { lastInsertRowid } = adding.run({ name, asked, owner, process, until })
      time.keep(now)
      return { kind: 'mine', fence: Number(lastInsertRowid) }
    },
    finishKey: ({ fence, answer, keepMs }: FinishArgument): boolean => {
      const now = time.now()
      const bytes = answer.byteLength
      const { changes } = keeping.run({ fence, answer, bytes, until: now + keepMs })
      time.keep(now)
      session.afterCommit(() => room.added(bytes))
      return changes > 0
    },
    freeKey: (fence: number): void => {
      dropping.run(fence)
    },
  }
}
