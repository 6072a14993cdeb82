import { controlReader } from './control-procedures.ts'
import { jobReader } from './job-reads.ts'
import { reportReader } from './report-procedures.ts'
import { rollupReader } from './rollup-gather.ts'
import type { Session } from './session.ts'
import { standingProcedures } from './standing.ts'
import { webhookReader } from './webhook-reads.ts'

/** Everything the reading thread can be asked for: what people look at, and what takes long. */
export const readerProcedures = (session: Session) => ({
  ...standingProcedures(session),
  ...controlReader(session),
  ...reportReader(session),
  ...rollupReader(session),
  ...jobReader(session),
  ...webhookReader(session),
})

export type ReaderProcedures = ReturnType<typeof readerProcedures>
