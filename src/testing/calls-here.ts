import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallRetention } from '../stores/call-store.ts'
import type { ObservedStore } from '../stores/feedback-store.ts'
import type { BodyKeys } from '../stores/sqlite/call-bodies.ts'
import { openCallDesk, openCallReader } from '../stores/sqlite/call-desk.ts'
import { callsOver } from '../stores/sqlite/calls.ts'
import type { Questions } from '../stores/sqlite/lazy-thread.ts'
import type { Procedures } from '../stores/sqlite/session.ts'

interface Desk<P extends Procedures> {
  readonly procedures: P
  close(): void
}

function asked<P extends Procedures>({ procedures, close }: Desk<P>): Questions<P> {
  return { call: async (name, argument) => procedures[name]?.(argument as never) as never, close: async () => close() }
}

/** Calls in a file without threads, whose starting takes longer than all the rest. They are kept for an hour. */
export const openCallsHere = (path: string, keep: Partial<CallRetention> = {}, keys: BodyKeys = []): ObservedStore =>
  callsOver(
    asked(
      openCallDesk({ role: 'calls', path, keep: { keepMs: 3_600_000, mostBytes: undefined, ...keep }, keys }, () => {}),
    ),
    asked(openCallReader({ role: 'calls-reader', path, keys })),
  )

/** Works with the path of a file of calls that is not there yet, in a folder that goes afterwards. */
export const withCallFile = (work: (path: string) => Promise<void>) => async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-calls-'))
  try {
    await work(join(folder, 'calls.db'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
