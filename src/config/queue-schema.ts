import * as z from 'zod'
import type { QueueLimits } from '../core/queue-limits.ts'
import { type About, duration, flag, section, whole } from './fields.ts'

const limits = section(
  {
    maxWait: duration(
      { description: 'Nobody waits longer for its turn; the deadline of the call holds too.', examples: ['30s'] },
      { least: 1, most: 3_600_000 },
    ).prefault('30s'),
    length: whole(
      { least: 1, most: 100_000 },
      {
        description: 'So many may wait at once. No key has more than a quarter of the places while others wait.',
        examples: [1000],
      },
    ).prefault(1_000),
    concurrency: whole(
      { least: 1, most: 100_000 },
      {
        description:
          'The most calls under way at once. How many it is follows how the target fares: it begins with 20, rises by one while all goes well, and falls when the target has too much to do.',
        examples: [200],
      },
    ).prefault(1_000),
  },
  { description: 'How calls wait.' },
)

/** Whether, and how, calls wait for a target. */
export const queueField = (about: About) =>
  z
    .union([flag({ description: 'Whether calls wait, in the usual way.' }), limits], {
      error: 'expected true, false, or a map with maxWait, length and concurrency',
    })
    .transform((written): QueueLimits | false => {
      if (written === false) return false
      const { maxWait, length, concurrency } = written === true ? usual : written
      return { maxWaitMs: maxWait, length, concurrency }
    })
    .meta({ title: 'true, false or map', ...about })

const usual = { maxWait: 30_000, length: 1_000, concurrency: 1_000 }
