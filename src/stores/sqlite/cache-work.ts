import type { Database } from 'better-sqlite3'
import { createCachePurges } from './cache-purges.ts'
import { createCacheFind, createCacheSimilar } from './cache-reads.ts'
import { type CacheDesk, createCacheRoom, type RemovedRow } from './cache-room.ts'
import { encryptingSeal, plainSeal, type Seal } from './cache-seal.ts'
import { createCachePut } from './cache-writes.ts'
import type { CacheThreadData } from './messages.ts'
import { openSession } from './open-session.ts'
import type { Session } from './session.ts'

/** Others hold the file for milliseconds; whoever waits longer should rather ask upstream. */
const patienceMs = 250
const expireTogether = 200
const mostTurns = 5

const sealsOf = ({ keys }: CacheThreadData): readonly [Seal, ...Seal[]] => {
  const [first, ...others] = keys.map(encryptingSeal)
  return first ? [first, ...others] : [plainSeal()]
}

/** Everything that is done with the file of kept answers, over one connection. */
export const createCacheWork = (
  database: Database,
  data: CacheThreadData,
  around: { readonly tell: Session['tell']; now(): number },
) => {
  const session = openSession({ database, wall: around.now, patienceMs, tell: around.tell as never })
  const desk: CacheDesk = { session, seals: sealsOf(data), mostBytes: data.mostBytes, ...around }
  const room = createCacheRoom(desk)
  const purges = createCachePurges(desk, room)
  const put = createCachePut(desk, room, purges)
  const removeOne = database.prepare('DELETE FROM entries WHERE id = ? RETURNING id, seal, name, label')
  const exists = database.prepare('SELECT 1 FROM entries WHERE name = ?')
  return {
    session,
    put,
    find: createCacheFind(desk, purges),
    similar: createCacheSimilar(desk, purges),
    purges,
    room,
    remove: (id: number) => room.finish(removeOne.all(id) as RemovedRow[]),
    isThere: (key: string) => desk.seals.some((seal) => exists.get(seal.digest('name', key)) !== undefined),
    ...createTending(desk, { purges, room }),
  }
}

export type CacheWork = ReturnType<typeof createCacheWork>

interface Tended {
  readonly purges: ReturnType<typeof createCachePurges>
  readonly room: ReturnType<typeof createCacheRoom>
}

/** What is to be done now and then, of which there is mostly nothing. */
const createTending = ({ session, seals, now }: CacheDesk, { purges, room }: Tended) => {
  const { database } = session
  const version = database.prepare('PRAGMA data_version').pluck()
  const expired = database.prepare('SELECT 1 FROM entries WHERE expires_at <= ? LIMIT 1')
  const plain = database.prepare(`SELECT 1 FROM entries WHERE seal = '' LIMIT 1`)
  const isEncrypting = seals[0].id !== ''
  let known: unknown

  const turn = (): boolean => {
    const hasPlain = isEncrypting && plain.get() !== undefined
    const isDue = hasPlain || purges.areUnderWay || room.hasMarks || expired.get(now()) !== undefined
    if (!isDue) return false
    session.transact(() => {
      room.writeMarks()
      room.expire(expireTogether)
      if (hasPlain) room.removePlain(expireTogether)
      purges.goOn()
    })
    return true
  }

  return {
    /** Looks what others purged. */
    look: (): void => {
      const found = version.get()
      if (found !== known) purges.refresh()
      known = found
    },
    tend: (): void => {
      for (let turns = 0; turns < mostTurns && turn(); turns++);
      room.shrink()
    },
  }
}
