import * as z from 'zod'
import { duration, list, section, size, text } from './fields.ts'

const names = (whose: string, example: string) =>
  list(text({ description: 'A name.' }, 'name'), {
    description: `Only of calls ${whose}. Absent: of all.`,
    examples: [[example]],
  }).optional()

const inFull = section(
  {
    models: names('of these models, by public name or as `provider/model`', 'chat'),
    keys: names('by these keys', 'web'),
    teams: names('of these teams', 'shop'),
    maxSize: size(
      { least: 1024, most: 1024 ** 2 },
      { description: 'So much is kept of a request, and of an answer; the rest is cut off.', examples: ['64KiB'] },
    ).prefault('64KiB'),
    keep: duration(
      { description: 'How long it is kept; never longer than the record of its call.', examples: ['7d'] },
      { least: 60_000, most: 366 * 86_400_000 },
    ).prefault('7d'),
  },
  { description: 'Of which calls it is kept what was said: those to which all of this applies.' },
)

/** `storeBodies` of `telemetry`: of which calls it is kept what was said. */
export const bodiesSchema = z.union([z.boolean(), inFull], { error: 'expected true, false or a map' }).meta({
  title: 'map',
  description:
    'Of which calls it is kept what was said, the request and the answer, beside their records; `true`: of all. Secrets of the gateway are masked. It is encrypted with `cache.key` where that is given. Only the token that may write is shown it, and each look is written down in the audit log. Default: `false`.',
  examples: [{ models: ['chat'], keep: '7d' }, true],
})

/** What holds where only `true` is written. */
export const usualBodies = inFull.parse({})
