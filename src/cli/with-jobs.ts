import { existsSync } from 'node:fs'
import { createJobs } from '../jobs/create-jobs.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { createNews } from '../jobs/news.ts'
import { createSqliteStore } from '../stores/sqlite/index.ts'
import { Failure } from './failure.ts'
import { loadForCli } from './load.ts'
import type { StoreOptions } from './open-control.ts'

/** Opens the jobs of the store that a server with the same options would have, works on them as an administrator, and closes it. */
export const withJobs = async (
  { config: file, store: address }: StoreOptions,
  work: (jobs: Jobs) => Promise<void>,
): Promise<void> => {
  const config = await loadForCli(file, { listens: true, store: address })
  const { store: where } = config
  if (where.kind === 'memory')
    throw new Failure(
      'The store is the memory of the server itself, which no command reaches. Name a file by --store or in the configuration, such as sqlite:./tollgate.db, or use the administrators’ door of the server.',
    )
  if (!existsSync(where.path)) throw new Failure(`There is no store at ${where.path}, and so no jobs.`)
  const store = await createSqliteStore(where.path)
  try {
    const jobs = createJobs({
      store: store.jobs,
      files: store.files,
      // Workers see by the store, or with their next look around, that there is something to do.
      bell: { ring: async () => {} },
      news: createNews(),
      check: () => {},
      checkWebhook: () => {},
      // What a job may cost is not known here: one that is asked again holds it when it runs.
      foresee: async () => [],
      named: (key) => ({ key }),
      secret: await store.control.secret(),
      rules: () => config.jobs,
      now: Date.now,
      later: () => {},
      failed: () => {},
    })
    await work(jobs)
  } finally {
    await store.close()
  }
}
