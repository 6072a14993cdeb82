/** Long enough for a start to be over, short enough that most first calls come later. */
const afterMs = 1_000
/** Later it would throw away, with the garbage, what was compiled for the first traffic. */
const mostTries = 3

let isDone = false

/**
 * Has what a start left behind collected, once for each thread, in the first seconds and while no call is under way;
 * otherwise it stays until there is traffic. Returns how to leave it.
 */
export const collectStartGarbage = (isIdle: () => boolean): (() => void) => {
  if (isDone) return () => {}
  let tries = 0
  const timer = setInterval(() => {
    isDone = isIdle()
    if (isDone) void collect()
    if (isDone || ++tries === mostTries) clearInterval(timer)
  }, afterMs).unref()
  return () => clearInterval(timer)
}

/** The inspector is the one documented way to ask for it; where there is none, or it is not allowed, all stays as it is. */
const collect = async (): Promise<void> => {
  try {
    const { Session } = await import('node:inspector')
    const session = new Session()
    session.connect()
    // Ending it inside its own answer would wait for itself.
    session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()))
  } catch {
    // Nobody is worse off than before.
  }
}
