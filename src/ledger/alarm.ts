/** Runs something once after so many milliseconds, without keeping the process alive for it. Returns how to prevent it. */
export type Alarm = (run: () => void, afterMs: number) => () => void

export const systemAlarm: Alarm = (run, afterMs) => {
  const timer = setTimeout(run, afterMs)
  timer.unref()
  return () => clearTimeout(timer)
}
