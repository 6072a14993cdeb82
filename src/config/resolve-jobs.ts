import type { output } from 'zod'
import type { JobsConfig } from './config.ts'
import type { jobsSchema } from './jobs-schema.ts'

export const resolveJobs = ({ keep, lease, ...rest }: output<typeof jobsSchema>): JobsConfig => ({
  ...rest,
  keepMs: keep,
  leaseMs: lease,
})
