import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Served, serve } from '../../cli/spawned.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { LedgerLine } from '../../core/ledger-line.ts'
import { createSqliteStore } from '../../stores/sqlite/index.ts'
import type { Standing } from '../../stores/store.ts'

/** What clients of the fleet show. */
export const key = 'sk-fleet-0123456789'

/** What one call costs, whatever it says: the most it can cost is then what it does cost. */
export const callUsd = 0.01
export const callNanos = 10_000_000n

/** Processes of the command line that share one store in a folder of their own. */
export interface Fleet extends AsyncDisposable {
  readonly members: readonly Served[]
  /** With the configuration in it, as `tollgate.json`. */
  readonly folder: string
  readonly path: string
  /** Starts one more. */
  add(): Promise<Served>
  /** Stops all in order; what they held is then given back. */
  stop(): Promise<void>
}

/** Starts so many servers on one store. */
export const startFleet = async (count: number, config: ConfigInput): Promise<Fleet> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-fleet-'))
  const path = join(folder, 'tollgate.db')
  const file = JSON.stringify({
    discover: false,
    store: `sqlite:${path}`,
    telemetry: { log: 'warn', metrics: false },
    server: { drain: { notReady: '0s', streams: '5s' } },
    ...config,
  })
  await writeFile(join(folder, 'tollgate.json'), file)
  const members: Served[] = []
  const add = async (): Promise<Served> => {
    const member = await serve({ files: { 'tollgate.json': file } })
    members.push(member)
    return member
  }
  const stop = async (): Promise<void> => {
    await Promise.all(
      members.map((member) =>
        member.child.exitCode === null && member.child.signalCode === null ? member.stop() : member.ended,
      ),
    )
  }
  await Promise.all(Array.from({ length: count }, add))
  return {
    members,
    folder,
    path,
    add,
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where every allowance stands, read from the store by a process that has no part in it. */
export const standingsOf = async (path: string): Promise<readonly Standing[]> => {
  const store = await createSqliteStore(path)
  try {
    return await store.reports.standings()
  } finally {
    await store.close()
  }
}

/** All lines of the ledger. A cost that is unknown is absent. */
export const linesOf = async (path: string): Promise<readonly LedgerLine[]> => {
  const store = await createSqliteStore(path)
  try {
    const texts = await store.reports.lines({ from: 0, to: Date.now() + 3_600_000, where: {}, limit: 1_000_000 })
    return texts.map((text) => JSON.parse(text))
  } finally {
    await store.close()
  }
}
