/** Carries what happens to jobs within this process, so that nobody here has to wait for the next look at the store. */
export interface News {
  /** Something changed about this job. */
  changed(job: string): void
  /** This job was asked to stop. */
  stop(job: string): void
  /** Calls back with each change of one job. Returns how to stop. */
  follow(job: string, listener: () => void): () => void
  /** Calls back with each job that was asked to stop. Returns how to stop. */
  onStop(listener: (job: string) => void): () => void
}

export const createNews = (): News => {
  const followers = new Map<string, Set<() => void>>()
  const stoppers = new Set<(job: string) => void>()
  return {
    changed: (job) => {
      for (const listener of followers.get(job) ?? []) listener()
    },
    stop: (job) => {
      for (const listener of stoppers) listener(job)
    },
    follow: (job, listener) => {
      const set = followers.get(job) ?? new Set()
      followers.set(job, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && followers.get(job) === set) followers.delete(job)
      }
    },
    onStop: (listener) => {
      stoppers.add(listener)
      return () => stoppers.delete(listener)
    },
  }
}
