import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { collectStartGarbage } from '../../core/start-garbage.ts'
import { answerAll, type Question } from './answer-calls.ts'
import { failureOf } from './failures.ts'
import type { Asked, Failure, Said, ThreadData } from './messages.ts'
import type { OpenSession } from './open-session.ts'
import type { Procedures, Session } from './session.ts'

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

type Open = (tell: Session['tell']) => Desk

/** Each thread loads its own desk alone: what others need would stand in the memory of all. */
const opening = async (data: ThreadData): Promise<Open> => {
  if (data.role === 'cache') {
    const { openCacheDesk } = await import('./cache-desk.ts')
    return (tell) => openCacheDesk(data, tell)
  }
  if (data.role === 'calls') {
    const { openCallDesk } = await import('./call-desk.ts')
    return (tell) => openCallDesk(data, tell)
  }
  if (data.role === 'calls-reader') {
    const { openCallReader } = await import('./call-desk.ts')
    return () => openCallReader(data)
  }
  if (data.role === 'reader') {
    const { openReaderDesk } = await import('./reader-desk.ts')
    return (tell) => openReaderDesk(data, tell)
  }
  const { openWriterDesk } = await import('./writer-desk.ts')
  return (tell) => openWriterDesk(data, tell)
}

const closeDesk = (desk: Desk): Failure | undefined => {
  try {
    desk.close()
    return undefined
  } catch (thrown) {
    return failureOf(thrown)
  }
}

const run = (port: MessagePort, openDesk: Open): void => {
  const say: Say = (said) => port.postMessage(said)
  let desk: Desk | undefined

  const open = (): void => {
    try {
      desk = openDesk((name, value) => say({ kind: 'event', name, value }))
      say({ kind: 'ready' })
      collectStartGarbage(() => true)
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

// What is asked before it listens waits at the port.
if (parentPort) run(parentPort, await opening(workerData))
