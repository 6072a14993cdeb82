import { controlReader, controlWriter } from './control-procedures.ts'
import { jobWriter } from './job-procedures.ts'
import { leaseParts, ledgerProcedures } from './ledger-procedures.ts'
import { releaseWriter } from './release-procedures.ts'
import { retentionWriter } from './retention-procedures.ts'
import { rollupWriter } from './rollup-procedures.ts'
import type { Session } from './session.ts'

/** Everything the writing thread can be asked for. Each runs within a transaction, which is on disk before the answer. */
export const writerProcedures = (session: Session) => {
  const parts = leaseParts(session)
  return {
    ...ledgerProcedures(parts),
    ...controlWriter(session),
    // Looked at by every process at its start, for which no second thread need be there.
    entryChanges: controlReader(session).entryChanges,
    ...rollupWriter(session),
    ...releaseWriter(session),
    ...retentionWriter(session),
    // Money is set aside for jobs.
    ...jobWriter(parts),
  }
}

export type WriterProcedures = ReturnType<typeof writerProcedures>
