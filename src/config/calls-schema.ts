import * as z from 'zod'
import { duration, flag, section, size, text } from './fields.ts'

const inFull = section(
  {
    keep: duration(
      {
        description:
          'How long a call is kept; at most 366 days. What calls add up to is kept for longer: by minute for 2 days, by hour for 90, by day for 2 years.',
        examples: ['30d', '24h'],
      },
      { least: 60_000, most: 366 * 86_400_000 },
    ).prefault('30d'),
    maxSize: size(
      { least: 1024 ** 2, most: 1024 ** 5 },
      { description: 'The largest their file may become; the oldest calls make room.', examples: ['20GiB'] },
    ).prefault('5GiB'),
    file: text(
      {
        description:
          'That file, relative to this one. Default: beside the store, as `tollgate-calls.db` beside `tollgate.db`; with `store: memory` the 10,000 newest calls are kept in memory.',
        examples: ['/var/lib/tollgate/calls.db'],
      },
      'path',
    ).optional(),
    prompts: flag({
      description:
        'Whether system prompt and tools of a chat are named by a digest, so that calls of one template are found together. It tells nothing of them.',
      examples: [false],
    }).prefault(true),
  },
  { description: 'How calls are kept.' },
)

/** `calls` of `telemetry`: whether, and how, one record per call is kept for people. */
export const callsSchema = z.union([z.boolean(), inFull], { error: 'expected true, false or a map' }).meta({
  title: 'map',
  description:
    'Whether, and how, one record per call is kept, for the dashboard, `tollgate tail` and `/admin/api/calls`: who asked what of which target, how long it took, what it cost; no words of the conversation. Default: `true`, which is all of it as usual.',
  examples: [false, { keep: '7d' }],
})

/** What holds where nothing is written. */
export const usualCalls = inFull.parse({})
