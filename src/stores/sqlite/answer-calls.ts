import { failureOf } from './failures.ts'
import type { Asked, Said } from './messages.ts'
import type { Procedures, Session } from './session.ts'

export type Question = Exclude<Asked, string>

export interface Calls {
  readonly questions: readonly Question[]
  readonly procedures: Procedures
  /** Where calls write, the session whose transactions they share. */
  readonly session: Session | undefined
  say(said: Said): void
}

/**
 * Answers calls in the order in which they were asked. Those that write share one transaction, so that the disk is
 * waited for once for all; none is answered before everything is on disk. One that fails leaves no trace and does not
 * harm the others.
 */
export const answerAll = (calls: Calls): void => {
  const { questions, session, say } = calls
  if (questions.length === 0) return
  if (!session) {
    for (const question of questions) say(attempt(calls, question))
    return
  }
  try {
    for (const said of session.transact(() => together(calls, session))) say(said)
  } catch (thrown) {
    const [only] = questions
    if (only && questions.length === 1) say({ kind: 'failed', id: only.id, failure: failureOf(thrown) })
    // The one that was too much for the disk must not take the rest with it.
    else for (const question of questions) answerAll({ ...calls, questions: [question] })
  }
}

const together = (calls: Calls, session: Session): readonly Said[] =>
  calls.questions.map((question) => {
    const said = attempt(calls, question, session)
    // Then the database has given up the whole transaction, the parts of the others too.
    if (said.kind === 'failed' && !session.database.inTransaction) throw new Lost(said)
    return said
  })

const attempt = ({ procedures }: Calls, { id, name, argument }: Question, session?: Session): Said => {
  try {
    const procedure = procedures[name] as ((argument: unknown) => unknown) | undefined
    if (!procedure) throw new Error(`There is no procedure ${name}.`)
    const work = (): unknown => procedure(argument)
    return { kind: 'done', id, value: session ? session.transact(work) : work() }
  } catch (thrown) {
    return { kind: 'failed', id, failure: failureOf(thrown) }
  }
}

/** Carries the failure that ended a transaction out of it. */
class Lost extends Error {
  readonly code: string

  constructor({ failure }: Extract<Said, { kind: 'failed' }>) {
    super(failure.message)
    this.code = failure.code
  }
}
