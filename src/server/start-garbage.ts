/** Long enough for a start to be over, short enough that most first calls come later. */
const afterMs = 1_000

let isDone = false

/**
 * Has what a start left behind collected, once for each process, while no call is under way: about 12 MB of 125 that
 * otherwise stay until there is traffic. Takes some 20 ms. Returns how to leave it.
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

/** The inspector is the one documented way to ask for it; a runtime without one goes on as it is. */
const collect = async (): Promise<void> => {
  const inspector = await import('node:inspector').catch(() => undefined)
  if (!inspector) return
  const session = new inspector.Session()
  session.connect()
  // Ending it inside its own answer would wait for itself.
  session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()))
}
