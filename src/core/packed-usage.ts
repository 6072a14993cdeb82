import { open, short, type Told } from './packed.ts'
import type { Usage } from './usage.ts'

/** Usage as a list: counts without the zeros at their end, then what is seldom told. */
export const packUsage = (usage: Usage) => {
  const { input, output, cacheRead, reasoning, cacheWriteShort, cacheWriteLong, audioInput, audioOutput } = usage
  const counts = [input, output, cacheRead, reasoning, cacheWriteShort, cacheWriteLong, audioInput, audioOutput]
  while (counts.at(-1) === 0) counts.pop()
  const source = usage.source === 'measured' ? undefined : usage.source
  return short([counts, source, usage.serviceTier, usage.region, usage.searches, usage.statedNanos] as const)
}

/** The usage that was packed. */
export const unpackUsage = (packed: ReturnType<typeof packUsage>): Usage => {
  const [counts, source = 'measured', serviceTier, region, searches, statedNanos] = open(packed)
  const [input = 0, output = 0, cacheRead = 0, reasoning = 0, ...more] = counts
  const [cacheWriteShort = 0, cacheWriteLong = 0, audioInput = 0, audioOutput = 0] = more
  const usage: Told<Usage> = {
    input,
    cacheRead,
    cacheWriteShort,
    cacheWriteLong,
    audioInput,
    output,
    reasoning,
    audioOutput,
    source,
    serviceTier,
    region,
    searches,
    statedNanos,
  }
  return usage
}
