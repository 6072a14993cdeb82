import { setTimeout as wait } from 'node:timers/promises'
import type { Answerer, Ring } from '../jobs/bell.ts'

/** Jobs as the rows of a store have them, for trying bells: whoever asks gets the oldest that is due. */
export interface Rows {
  /** Makes jobs due; gives their rings. */
  add(...jobs: string[]): readonly Ring[]
  answerer(options: AnswererOptions): Answerer
  /** Calls back when jobs are made due; returns how to stop. */
  watch(changed: () => void): () => void
  /** The next so many questions fail. */
  failTakes(count: number): void
  /** The next so many tasks fail, and their jobs are due again. */
  failTasks(count: number): void
  /** Tasks go on only when they are let go. */
  holdTasks(): { go(): void }
  finished(): readonly string[]
  /** How often this worker asked since the first job was due. */
  asked(worker: string): number
  mostAtOnce(): number
  /** Fulfilled when so many tasks have begun, or are done. */
  begun(count: number): Promise<void>
  done(count: number): Promise<void>
  until(isTrue: () => boolean | Promise<boolean>): Promise<void>
  pause(ms: number): Promise<void>
  /** Lets everything go that is still held. */
  end(): void
}

export interface AnswererOptions {
  readonly name: string
  /** Default 2. */
  readonly concurrency?: number
  /** How long a task takes. Default 0. */
  readonly workMs?: number
}

export const createRows = (): Rows => {
  const due: string[] = []
  const finished: string[] = []
  const asked = new Map<string, number>()
  const watching = new Set<() => void>()
  const fails = { takes: 0, tasks: 0 }
  const counts = { begun: 0, working: 0, most: 0 }
  let held: PromiseWithResolvers<void> | undefined

  const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
    const end = performance.now() + patienceMs
    while (!(await isTrue())) {
      if (performance.now() > end) throw new Error(`in vain: ${JSON.stringify({ due, finished, ...counts })}`)
      await wait(5)
    }
  }
  const work = async (job: string, workMs: number): Promise<void> => {
    counts.begun += 1
    counts.working += 1
    counts.most = Math.max(counts.most, counts.working)
    await held?.promise
    if (workMs > 0) await wait(workMs)
    counts.working -= 1
    if (fails.tasks > 0) {
      fails.tasks -= 1
      due.unshift(job)
      throw new Error('a task that fails')
    }
    finished.push(job)
  }
  return {
    add: (...jobs) => {
      due.push(...jobs)
      for (const changed of watching) changed()
      return jobs.map((job) => ({ job, owner: 'team:a' }))
    },
    answerer: ({ name, concurrency = 2, workMs = 0 }) => ({
      concurrency,
      take: async () => {
        if (fails.takes > 0) {
          fails.takes -= 1
          throw new Error('a store that is away')
        }
        asked.set(name, (asked.get(name) ?? 0) + 1)
        const job = due.shift()
        return job === undefined ? undefined : () => work(job, workMs)
      },
    }),
    watch: (changed) => {
      watching.add(changed)
      return () => watching.delete(changed)
    },
    failTakes: (count) => {
      fails.takes = count
    },
    failTasks: (count) => {
      fails.tasks = count
    },
    holdTasks: () => {
      const holding = Promise.withResolvers<void>()
      held = holding
      return { go: holding.resolve }
    },
    finished: () => finished,
    asked: (worker) => asked.get(worker) ?? 0,
    mostAtOnce: () => counts.most,
    begun: (count) => until(() => counts.begun >= count),
    done: (count) => until(() => finished.length >= count),
    until,
    pause: (ms) => wait(ms),
    end: () => held?.resolve(),
  }
}

const patienceMs = 20_000
