import { type AddressInfo, createServer } from 'node:net'
import { FakeConnection } from './fake-connection.ts'
import type { JournalEntry, ReceivedRequest } from './journal.ts'
import type { ScriptStep, Step } from './step.ts'

export type { ReceivedRequest } from './journal.ts'
export type { Delay, Ending, ScriptStep, Step } from './step.ts'

/** An HTTP server that does what it is told, right or wrong, and keeps a journal of everything it was sent. */
export interface FakeUpstream extends AsyncDisposable {
  /** `http://127.0.0.1:` and its port, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Every request whose head has come, in the order of arrival. */
  readonly journal: readonly ReceivedRequest[]
  /** The next requests get these steps, one each, after those that were given before. */
  script(...steps: readonly ScriptStep[]): void
  /** Requests for which the script has no step get this one. Without it they get a 500 that says so. */
  always(step: ScriptStep): void
  /** Connections that are open now. */
  openSockets(): number
  /** Ends all connections and the server. */
  close(): Promise<void>
}

const notScripted: Step = {
  status: 500,
  body: JSON.stringify({
    error: {
      message: 'The fake upstream has no step for this request.',
      type: 'not_scripted',
      param: null,
      code: null,
    },
  }),
}

/** Starts a fake upstream on a free port of 127.0.0.1. */
export const startFakeUpstream = async (): Promise<FakeUpstream> => {
  const journal: JournalEntry[] = []
  const steps: ScriptStep[] = []
  const open = new Set<FakeConnection>()
  let fallback: ScriptStep = notScripted
  let connections = 0
  const host = {
    journal,
    next: (entry: JournalEntry, whole: Promise<boolean>) => {
      const step = steps.shift() ?? fallback
      return typeof step === 'function' ? whole.then(() => step(entry)) : step
    },
  }
  const server = createServer({ allowHalfOpen: false }, (socket) => {
    const connection = new FakeConnection(socket, ++connections, host)
    open.add(connection)
    socket.once('close', () => open.delete(connection))
    void connection.run()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const connection of open) connection.destroy()
    open.clear()
    await closed
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    journal,
    script: (...more) => void steps.push(...more),
    always: (step) => {
      fallback = step
    },
    openSockets: () => open.size,
    close,
    [Symbol.asyncDispose]: close,
  }
}
