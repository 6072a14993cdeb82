import { randomBytes } from 'node:crypto'
import process from 'node:process'
import { hostName } from './host.ts'
import type { Session } from './session.ts'
import type { StoreTime } from './store-time.ts'

const findMember = 'SELECT id FROM processes WHERE token = ? AND is_dead = 0'
const addMember = `INSERT INTO processes (token, origin, pid, host, started_at, seen_at)
  VALUES (@token, @origin, @pid, @host, @now, @now)`
const countMembers = 'SELECT count(*) FROM processes WHERE is_dead = 0'
const holdsAny = `SELECT 1 FROM slices JOIN processes ON processes.id = slices.process
  WHERE processes.token = ? AND is_lost = 0 LIMIT 1`

/** This process among those that share the store. */
export interface Members {
  /** Its number. A new one when it has none, or was taken for dead: then the other side is told to ask anew. */
  current(): number
  /** Its number, if it has one and is not taken for dead. */
  known(): number | undefined
  /** Does it take part? */
  readonly isMember: boolean
  /** Names this process for as long as it lives, whatever others take it for. */
  readonly origin: string
  /** It has taken its name off the list. */
  left(): void
  /** It was given a slice. */
  holds(): void
  /** May it hold slices? Looked up when `look` is called, assumed after `holds`. */
  readonly isHolding: boolean
  /** Looks how many processes there are, and whether this one holds anything. */
  look(): void
}

const newToken = (): string => randomBytes(12).toString('base64url')

/** Not on the list before it takes part: who only looks is not counted, and has nothing to lose. */
export const createMembers = (session: Session, time: StoreTime): Members => {
  const { database } = session
  const find = database.prepare<[string], number>(findMember).pluck()
  const add = database.prepare<[object]>(addMember)
  const count = database.prepare<[], number>(countMembers).pluck()
  const holding = database.prepare<[string]>(holdsAny)
  const origin = newToken()
  let token = origin
  let wasMember = false
  let isHolding = false
  let told = 1

  const join = (): number => {
    if (wasMember) {
      token = newToken()
      session.tell('fenced', undefined)
    }
    const now = time.now()
    const added = add.run({ token, origin, pid: process.pid, host: hostName(), now })
    session.afterCommit(() => {
      wasMember = true
      look()
    })
    return Number(added.lastInsertRowid)
  }

  const look = (): void => {
    isHolding = holding.get(token) !== undefined
    const processes = Math.max(1, count.get() ?? 1)
    if (processes === told) return
    told = processes
    session.tell('processes', processes)
  }

  return {
    current: () => find.get(token) ?? join(),
    known: () => find.get(token),
    get isMember() {
      return wasMember
    },
    origin,
    left: () =>
      session.afterCommit(() => {
        wasMember = false
        look()
      }),
    holds: () =>
      session.afterCommit(() => {
        isHolding = true
      }),
    get isHolding() {
      return isHolding
    },
    look,
  }
}
