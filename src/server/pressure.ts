import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { getHeapStatistics } from 'node:v8'
import type { Pressure } from './overload.ts'

/** So late an event loop is of no use to anybody. */
const mostDelayMs = 2_000
const resolutionMs = 20

/** Reads the signals of this process. */
export interface PressureGauge {
  read(): Pressure
  close(): void
}

export const createPressureGauge = (maxMemoryBytes: number | undefined): PressureGauge => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  return {
    read: () => {
      const lateMs = Math.max(0, delay.percentile(99) / 1e6 - resolutionMs)
      delay.reset()
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics()
      return {
        eventLoop: lateMs / mostDelayMs,
        heap: used / limit,
        memory: maxMemoryBytes === undefined ? 0 : process.memoryUsage.rss() / maxMemoryBytes,
      }
    },
    close: () => delay.disable(),
  }
}
