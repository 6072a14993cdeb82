import { jobClaiming } from './job-claim.ts'
import { createJobDesk } from './job-desk.ts'
import { jobFinishing } from './job-finish.ts'
import { jobSubmitting } from './job-submit.ts'
import { jobSweeping } from './job-sweep.ts'
import type { LeaseParts } from './lease.ts'
import { webhookWriter } from './webhook-procedures.ts'

/** The writing side of jobs, and of events for their webhooks. */
export const jobWriter = (parts: LeaseParts) => {
  const desk = createJobDesk(parts)
  return {
    ...jobSubmitting(desk, parts),
    ...jobClaiming(desk),
    ...jobFinishing(desk),
    ...jobSweeping(desk),
    ...webhookWriter(desk),
    /** Begins to tell `jobs` of every change, or ends it. */
    watchJobs: (isOn: boolean): void => desk.marks.watch(isOn),
  }
}
