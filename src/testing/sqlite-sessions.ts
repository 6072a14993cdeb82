import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LedgerLine } from '../core/ledger-line.ts'
import { openForReading, openForWriting } from '../stores/sqlite/open-database.ts'
import { type OpenSession, openSession } from '../stores/sqlite/open-session.ts'
import { type Gathered, rollupReader } from '../stores/sqlite/rollup-gather.ts'
import { rollupWriter } from '../stores/sqlite/rollup-procedures.ts'
import { batchOf } from './temporary-stores.ts'

/** What the two threads of a store work with, in this thread. */
export interface Sessions {
  readonly writer: OpenSession
  readonly reader: OpenSession
}

/** Runs a test with a new file and a machine's clock that stands still. */
export const withSessions = (now: number, body: (sessions: Sessions) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-sessions-'))
  const path = join(folder, 'tollgate.db')
  const around = { wall: () => now, tell: () => {} }
  const writer = openSession({ database: openForWriting(path), ...around })
  const reader = openSession({ database: openForReading(path), ...around })
  try {
    body({ writer, reader })
  } finally {
    for (const session of [reader, writer]) {
      session.end()
      session.database.close()
    }
    rmSync(folder, { recursive: true })
  }
}

/** Puts a block of lines where settling puts them, with their sums where these are given. */
export const addBlock = ({ writer }: Sessions, lines: readonly LedgerLine[], sums = ''): void => {
  const { from, to, count, lines: text } = batchOf(0, lines)
  const add = 'INSERT INTO blocks (process, sequence, from_at, to_at, count, lines) VALUES (1, 0, ?, ?, ?, ?)'
  const { lastInsertRowid } = writer.database.prepare(add).run(from, to, count, text)
  if (sums !== '') writer.database.prepare('INSERT INTO block_sums VALUES (?, ?)').run(lastInsertRowid, sums)
}

/** Sums up all that is there; what each step gathered. */
export const rollUpAll = ({ writer, reader }: Sessions): Gathered[] => {
  const { gather } = rollupReader(reader)
  const { addGathered } = rollupWriter(writer)
  const steps: Gathered[] = []
  for (let gathered = gather(undefined); gathered; gathered = gather(undefined)) {
    const given = gathered
    writer.transact(() => addGathered({ gathered: given, owner: 'test' }))
    steps.push(given)
  }
  return steps
}
