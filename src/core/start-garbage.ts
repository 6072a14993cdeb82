/** Long enough for a start to be over, short enough that most first calls come later. */
const afterMs = 1_000

let isDone = false

/**
 * Has what a start left behind collected, once for each thread, while no call is under way; otherwise it stays until
 * there is traffic. Returns how to leave it.
 */
export const collectStartGarbage = (isIdle: () => boolean): (() => void) => {
  if (isDone) return () => {}
  const timer = setInterval(() => {
    if (!isIdle()) return
    clearInterval(timer)
    isDone = true
    void collect()
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
