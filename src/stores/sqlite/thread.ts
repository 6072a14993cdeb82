import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { answerAll, type Question } from './answer-calls.ts'
import { failureOf } from './failures.ts'
import type { Asked, Said, ThreadData } from './messages.ts'
import { openForReading, openForWriting } from './open-database.ts'
import { type OpenSession, openSession } from './open-session.ts'
import { readerProcedures } from './reader-procedures.ts'
import type { Procedures } from './session.ts'
import { writerProcedures } from './writer-procedures.ts'

/** The most calls that share one transaction. */
const mostTogether = 256

const run = (port: MessagePort, { role, path, skew }: ThreadData): void => {
  const say = (said: Said): void => port.postMessage(said)
  let session: OpenSession
  let procedures: Procedures
  const offset = skew && new BigInt64Array(skew)
  try {
    session = openSession({
      database: role === 'writer' ? openForWriting(path) : openForReading(path),
      wall: () => Date.now() + (offset ? Number(Atomics.load(offset, 0)) : 0),
      tell: (name, value) => say({ kind: 'event', name, value }),
    })
    procedures = role === 'writer' ? writerProcedures(session) : readerProcedures(session)
  } catch (thrown) {
    say({ kind: 'unusable', failure: failureOf(thrown) })
    port.close()
    return
  }

  const close = (): void => {
    try {
      session.end()
      say({ kind: 'closed', failure: undefined })
    } catch (thrown) {
      say({ kind: 'closed', failure: failureOf(thrown) })
    }
    session.database.close()
    port.close()
  }

  port.on('message', (first: Asked) => {
    const questions: Question[] = []
    let asked: Asked | undefined = first
    while (asked !== undefined && asked !== 'close') {
      questions.push(asked)
      asked = questions.length < mostTogether ? receiveMessageOnPort(port)?.message : undefined
    }
    answerAll({ questions, procedures, session: role === 'writer' ? session : undefined, say })
    if (asked === 'close') close()
  })
  say({ kind: 'ready' })
}

if (parentPort) run(parentPort, workerData)
