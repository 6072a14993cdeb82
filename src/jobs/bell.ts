/** Says that a job could begin. Carries no more than its name: priority, share and turn are in its row. */
export interface Ring {
  readonly job: string
  readonly owner: string
}

/** Does a job that was taken; fulfilled when nothing of it is left to do. When it rejects, it is asked for jobs anew. */
export type Task = () => Promise<void>

/** What a bell wakes. */
export interface Answerer {
  /** So many tasks at a time, at most. */
  readonly concurrency: number
  /**
   * Takes the next best job, whichever rang; undefined: there is none. A bell asks again as long as there is one and a place is free,
   * so that a ring that was lost costs nothing while others come, and when it rejects, a little later. `ring` is undefined where a bell
   * only says "look".
   */
  take(ring: Ring | undefined): Promise<Task | undefined>
}

/**
 * Tells workers that there is work. Which job a worker then takes is decided by the rows alone, so that priorities and
 * shares are the same whatever rings. Losing everything that a bell carries loses time, never jobs: `upkeep` looks again.
 */
export interface Bell {
  /**
   * Resolves once the engine has the rings; rejects within 2 s with `store_unavailable` when it has not. The jobs are kept all the same:
   * whoever rang goes on, and `look` makes up for it. A ring for a job that rings already may be one with it.
   */
  ring(rings: readonly Ring[]): Promise<void>
  /**
   * For upkeep, time and again: sees to it that as many rings wait as jobs are due, at most 256 at a time (they are answered again as long as
   * there are jobs). Where enough wait already, nothing happens. `due` counts them: only where rings wait is that asked. Rejects as `ring`
   * and `due` do.
   */
  look(due: () => Promise<number>): Promise<void>
  /**
   * Has places filled while there are jobs, until it is closed. Rings are heard while a place is free, so that others are left for whoever
   * has one, and nothing hangs on a ring that was heard: free places find every job that is due within about a second, whatever an engine
   * has lost, or still holds for a process that died. Goes on by itself when its engine was away.
   */
  answer(answerer: Answerer): Answering
  /** Rings that nobody has heard yet, as far as the engine tells; undefined: it does not. Rejects as `ring` does. */
  waiting(): Promise<number | undefined>
  /** Ends every answering, and then lets go of the engine. */
  close(): Promise<void>
}

export interface Answering {
  /** Takes no more; fulfilled when what was taken is done. */
  close(): Promise<void>
}
