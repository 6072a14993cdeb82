import * as z from 'zod'
import { durationMs, durationPattern } from './durations.ts'
import { type About, duration, orReference, section, share, whole } from './fields.ts'
import { targetText } from './target-schema.ts'

const clocks = {
  total: () =>
    duration({
      description:
        'The whole call: waiting, every attempt and every pause between them. Given without `streamTotal`, it holds for streams as well.',
      examples: ['60s'],
    }),
  streamTotal: () => duration({ description: 'The whole call when it is a stream.', examples: ['30m'] }),
  firstToken: () =>
    duration({
      description: 'From the start of an attempt to the first words of a stream; then the next target is tried.',
      examples: ['10s'],
    }),
  idle: () => duration({ description: 'Between any two bytes of a stream.', examples: ['30s'] }),
  progress: () =>
    duration({ description: 'Between two events of a stream that say something; pings do not.', examples: ['90s'] }),
}

/** The fields of `timeouts`: at the top with defaults, in a model each replacing what stands at the top. */
export const timeoutFields = {
  withDefaults: {
    total: clocks.total().optional().meta({ default: '10m' }),
    streamTotal: clocks.streamTotal().optional().meta({ default: '1h' }),
    firstToken: clocks.firstToken().prefault('120s'),
    idle: clocks.idle().prefault('60s'),
    progress: clocks.progress().prefault('180s'),
    connect: duration({
      description: 'Finding, reaching and greeting a provider (DNS, TCP, TLS). Connections are shared by all models.',
      examples: ['5s'],
    }).prefault('5s'),
  },
  own: {
    total: clocks.total().optional(),
    streamTotal: clocks.streamTotal().optional(),
    firstToken: clocks.firstToken().optional(),
    idle: clocks.idle().optional(),
    progress: clocks.progress().optional(),
  },
}

const counts = {
  attempts: () =>
    whole(
      { least: 1, most: 6 },
      { description: 'Requests to providers for one call, all targets together.', examples: [4] },
    ),
  sameTarget: () =>
    whole(
      { least: 0, most: 5 },
      { description: 'Further tries at the same target, where the failure allows one.', examples: [1] },
    ),
}

/** The fields of `retry`, in the same two forms. */
export const retryFields = {
  withDefaults: { attempts: counts.attempts().prefault(4), sameTarget: counts.sameTarget().prefault(1) },
  own: { attempts: counts.attempts().optional(), sameTarget: counts.sameTarget().optional() },
}

const percentilePattern = 'p(?:[1-9]\\d)(?:\\.\\d)?'

/** How long is waited: a duration, or a percentile of what was measured. */
const patience = (about: About) => {
  const error = 'expected a percentile from p50 to p99.9 such as p95, or a duration such as 800ms'
  return z
    .string({ error })
    .regex(orReference(`${percentilePattern}|${durationPattern}`), { error })
    .transform((written, context): { readonly share: number } | { readonly ms: number } => {
      const ms = durationMs(written)
      if (ms !== undefined && ms > 0) return { ms }
      const percent = new RegExp(`^${percentilePattern}$`).test(written) ? Number(written.slice(1)) : 0
      if (percent >= 50) return { share: percent / 100 }
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
    .meta({ title: 'percentile or duration', ...about })
}

/** Asking a second time when the first words are late. */
export const hedgeSchema = section(
  {
    after: patience({
      description:
        'How long the first words may take before a second target is asked as well: a percentile of what that target took lately, or a duration.',
      examples: ['p95', '800ms'],
    }).prefault('p95'),
    budget: share({ description: 'Of all calls, so many may be asked twice.', examples: ['5%'] }).prefault('5%'),
  },
  {
    description:
      'Asks a second target when the first words are late; whoever begins first answers, the other is stopped and paid for. Default: never.',
    examples: [{ after: 'p95', budget: '5%' }],
  },
)

/** A copy of some calls for another target. */
export const mirrorSchema = section(
  {
    target: targetText,
    share: share({ description: 'Of all calls, so many are copied.', examples: ['5%'] }),
  },
  {
    description:
      'Sends a copy of some calls to another target in the background. Its answer is dropped, its cost is charged as the call is. Default: none.',
    examples: [{ target: 'openai/gpt-5-mini', share: '5%' }],
  },
)

/** Asking some questions again, to see whether the answer is the same. */
export const repeatSchema = section(
  {
    share: share({ description: 'The share of calls that is asked again.', examples: ['1%'] }),
  },
  {
    description:
      'Asks some questions again in the background and compares the answers, for `disagreement` in `/admin/api/quality`. It is paid for as the calls are. Default: never.',
  },
)
