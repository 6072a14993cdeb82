import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { answerAll, type Question } from './answer-calls.ts'
import type { Said } from './messages.ts'
import { openForWriting } from './open-database.ts'
import { type OpenSession, openSession } from './open-session.ts'
import type { ThreadEvents } from './session.ts'
import { type WriterProcedures, writerProcedures } from './writer-procedures.ts'

/** What the writing thread does, without its thread: for tests that must reach its connection, or its clock. */
export class ThreadlessWriter {
  readonly folder = mkdtempSync(join(tmpdir(), 'tollgate-failures-'))
  readonly path = join(this.folder, 'tollgate.db')
  readonly database: Database = openForWriting(this.path)
  readonly told: { readonly name: keyof ThreadEvents; readonly value: unknown }[] = []
  /** What the machine's clock is wrong by, in milliseconds. */
  skewMs = 0
  readonly session: OpenSession = openSession({
    database: this.database,
    wall: () => Date.now() + this.skewMs,
    tell: (name, value) => this.told.push({ name, value }),
  })
  readonly procedures = writerProcedures(this.session)

  /** Asks all at once. */
  ask(...asked: readonly (readonly [string, unknown])[]): Said[] {
    const questions = asked.map(([name, argument], id): Question => ({ id, name, argument }))
    const said: Said[] = []
    answerAll({ questions, procedures: this.procedures, session: this.session, say: (each) => said.push(each) })
    return said
  }

  /** Asks for one thing that must work. */
  call<Name extends keyof WriterProcedures & string>(
    name: Name,
    argument: Parameters<WriterProcedures[Name]>[0],
  ): ReturnType<WriterProcedures[Name]> {
    const [said] = this.ask([name, argument])
    if (said?.kind !== 'done')
      throw new Error(`${name}: ${said?.kind === 'failed' ? said.failure.message : 'no answer'}`)
    return said.value as ReturnType<WriterProcedures[Name]>
  }

  /** The only number that a statement finds. */
  number(text: string): number {
    return Number(this.database.prepare(text).pluck().get())
  }

  close(): void {
    this.database.pragma('query_only = 0')
    this.session.end()
    this.database.close()
    rmSync(this.folder, { recursive: true })
  }
}
