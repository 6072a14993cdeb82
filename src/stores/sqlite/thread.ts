import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { answerAll, type Question } from './answer-calls.ts'
import { openCacheDesk } from './cache-desk.ts'
import { openCallDesk, openCallReader } from './call-desk.ts'
import { failureOf } from './failures.ts'
import type { Asked, Failure, Said, StoreThreadData, ThreadData } from './messages.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { type OpenSession, openSession } from './open-session.ts'
import { readerProcedures } from './reader-procedures.ts'
import type { Procedures, Session } from './session.ts'
import { writerProcedures } from './writer-procedures.ts'

/** The most calls that share one transaction. */
const mostTogether = 256

/** A connection with what it can be asked for. */
interface Desk {
  readonly procedures: Procedures
  /** Where calls share transactions. */
  readonly session: OpenSession | undefined
  close(): void
}

type Say = (said: Said) => void

const openStoreDesk = ({ role, path, skew }: StoreThreadData, say: Say): Desk => {
  const offset = skew && new BigInt64Array(skew)
  const session = openSession({
    database: role === 'writer' ? openForWriting(path) : openForReading(path),
    wall: () => Date.now() + (offset ? Number(Atomics.load(offset, 0)) : 0),
    tell: (name, value) => say({ kind: 'event', name, value }),
  })
  const close = (): void => {
    try {
      session.end()
    } finally {
      session.database.close()
    }
  }
  return role === 'writer'
    ? { procedures: writerProcedures(session), session, close }
    : { procedures: readerProcedures(session), session: undefined, close }
}

const openDesk = (data: ThreadData, say: Say): Desk => {
  const tell: Session['tell'] = (name, value) => say({ kind: 'event', name, value })
  if (data.role === 'cache') return openCacheDesk(data, tell)
  if (data.role === 'calls') return openCallDesk(data, tell)
  if (data.role === 'calls-reader') return openCallReader(data)
  return openStoreDesk(data, say)
}

const closeDesk = (desk: Desk): Failure | undefined => {
  try {
    desk.close()
    return undefined
  } catch (thrown) {
    return failureOf(thrown)
  }
}

const run = (port: MessagePort, data: ThreadData): void => {
  const say: Say = (said) => port.postMessage(said)
  let desk: Desk | undefined

  const open = (): void => {
    try {
      desk = openDesk(data, say)
      say({ kind: 'ready' })
    } catch (thrown) {
      say({ kind: 'unusable', failure: failureOf(thrown) })
      port.close()
    }
  }

  /** Answers what waits, together, and gives back what must be done after that. */
  const answer = (first: Asked, { session, procedures }: Desk): Asked | undefined => {
    const questions: Question[] = []
    let asked: Asked | undefined = first
    while (typeof asked === 'object') {
      questions.push(asked)
      asked = questions.length < mostTogether ? receiveMessageOnPort(port)?.message : undefined
    }
    answerAll({ questions, procedures, session, say })
    return asked
  }

  port.on('message', (asked: Asked) => {
    if (asked === 'open') return open()
    if (!desk || answer(asked, desk) !== 'close') return
    say({ kind: 'closed', failure: closeDesk(desk) })
    port.close()
  })
}

if (parentPort) run(parentPort, workerData)
