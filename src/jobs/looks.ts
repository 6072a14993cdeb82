/** Where an engine rings, free places look for jobs by themselves this often, in milliseconds: no more than that is lost with a ring. */
export const lookMs = 1_000

/** So many rings wait at most for jobs that lost theirs: whoever hears one goes on for as long as there are jobs. */
const mostLooks = 256

/** How many rings are to be added where so many jobs are due. */
export const missingRings = async (due: number, waiting: () => Promise<number>): Promise<number> =>
  due > 0 ? Math.max(0, Math.min(due, mostLooks) - (await waiting())) : 0
