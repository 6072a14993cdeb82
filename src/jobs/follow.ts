import { isTerminal, type Job } from '../core/job.ts'
import type { JobPiece, JobStore } from '../stores/job-store.ts'
import type { JobNews, Jobs, JobView } from './jobs.ts'
import type { News } from './news.ts'

export interface FollowOptions {
  readonly store: Pick<JobStore, 'details'>
  readonly news: Pick<News, 'follow'>
  readonly find: Jobs['find']
}

/** What other processes do is seen by looking again: soon at first, and ever less often while nothing happens. */
const firstLookMs = 50
const lastLookMs = 1_000
/** Pieces come so often, and so they are looked for so often. */
const pieceLookMs = 250

/** Waits for news of one job, or for the time to look again. */
class Watch {
  readonly #leave: () => void
  readonly #signal: AbortSignal | undefined
  #isNew = false
  #wake: (() => void) | undefined

  constructor(id: string, news: Pick<News, 'follow'>, signal: AbortSignal | undefined) {
    this.#signal = signal
    this.#leave = news.follow(id, this.#ring)
    signal?.addEventListener('abort', this.#ring, { once: true })
  }

  /** Fulfilled with the next news, or after this time: true when there was news. */
  async next(ms: number): Promise<boolean> {
    if (!this.#isNew && this.#signal?.aborted !== true) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
    const wasNew = this.#isNew
    this.#isNew = false
    return wasNew
  }

  close(): void {
    this.#leave()
    this.#signal?.removeEventListener('abort', this.#ring)
  }

  readonly #ring = (): void => {
    this.#isNew = true
    this.#wake?.()
  }
}

/** The job once it has ended, or as it stands after some time. */
export const waitForJob = async (
  id: string,
  { owner, ms, signal }: Parameters<Jobs['wait']>[1],
  { news, find }: FollowOptions,
): Promise<JobView> => {
  const until = performance.now() + ms
  const watch = new Watch(id, news, signal)
  try {
    for (let pause = firstLookMs; ; pause = Math.min(lastLookMs, pause * 1.5)) {
      const view = await find(id, owner)
      const left = until - performance.now()
      if (isTerminal(view.job.state) || left <= 0 || signal?.aborted) return view
      await watch.next(Math.min(pause, left))
    }
  } finally {
    watch.close()
  }
}

/** Tells everything that happens to a job until it has ended. */
export async function* followJob(
  id: string,
  { owner, signal }: Parameters<Jobs['follow']>[1],
  { store, news, find }: FollowOptions,
): AsyncGenerator<JobNews, void, undefined> {
  const watch = new Watch(id, news, signal)
  let told: Job | undefined
  let last: Pick<JobPiece, 'attempt' | 'sequence'> = { attempt: 0, sequence: 0 }
  let pause = firstLookMs
  try {
    while (!signal?.aborted) {
      const view = await find(id, owner)
      const { state } = view.job
      if (state === 'running') {
        const attempt = view.attempts.at(-1)?.ordinal ?? 0
        if (told?.state !== state || last.attempt !== attempt) yield { kind: 'state', view }
        if (last.attempt !== attempt) last = { attempt, sequence: 0 }
        for (const piece of (await store.details(id, { attempt, after: last.sequence }))?.pieces ?? []) {
          last = piece
          yield { kind: 'piece', piece }
        }
      } else if (told?.version !== view.job.version) yield { kind: 'state', view }
      told = view.job
      if (isTerminal(state)) return
      pause = (await watch.next(state === 'running' ? pieceLookMs : pause))
        ? firstLookMs
        : Math.min(lastLookMs, pause * 1.5)
    }
  } finally {
    watch.close()
  }
}
