import * as z from 'zod'
import { isTimeZone } from '../core/time-zones.ts'
import { durationMs, durationPattern } from './durations.ts'
import {
  type About,
  choice,
  flag,
  list,
  named,
  number,
  oneOrMore,
  orReference,
  section,
  text,
  whole,
} from './fields.ts'
import { longestRateMs, rateFrom, ratePattern } from './rates.ts'
import { hint } from './suggest.ts'

const rate = (about: About) => {
  const error = 'expected a rate such as 300/m, 10/s, 200k/m or 1M/d'
  return z
    .string({ error })
    .regex(orReference(ratePattern), { error })
    .transform((written, context) => {
      const read = rateFrom(written)
      if (read) return read
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
    .meta({ title: 'rate', ...about })
}

const rates = (description: string, examples: readonly unknown[]) =>
  oneOrMore(rate({ description: 'A rate.' }), { description, examples }, 'rate').optional()

const countFields = {
  requests: rates('Calls that are let in within any stretch of this length.', ['300/m', ['300/m', '10k/d']]),
  tokens: rates('Tokens, prompt and answer together: reserved by an estimate, settled as used.', ['200k/m']),
  cost: rates('US dollars. Like a hard budget over a stretch of time instead of a calendar.', ['5/h']),
  concurrency: whole(
    { least: 0, most: 1_000_000 },
    { description: 'Calls under way at once.', examples: [20] },
  ).optional(),
}

const onLimit = choice(['refuse', 'wait'], {
  description:
    'What happens to a call that does not fit: `refuse` answers 429; `wait` lets it wait for its turn, for 30 seconds at most, where its turn can come by then. Limits of `cost` always refuse.',
  examples: ['wait'],
}).optional()

/** What may be used of the gateway, by rate. */
export const limitsSchema = section(
  {
    ...countFields,
    onLimit,
    models: named(section(countFields, { description: 'Limits of one model.' }), {
      description: 'Limits of single models by public name, beside the ones of all models together.',
      examples: [{ chat: { requests: '10/m' } }],
    }).optional(),
  },
  { description: 'Rates and calls at once, for all models together and for single ones.' },
).meta({ title: 'limits' })

const longestMoney = 9_000_000_000

const zone = text(
  {
    description: 'The time zone in which hours, days, weeks and months begin. Default: `UTC`.',
    examples: ['Europe/Berlin'],
  },
  'time zone',
)

const usualNames: readonly string[] = ['hour', 'day', 'week', 'month', 'total']

const per = z
  .string({ error: 'expected a window' })
  .regex(orReference(`${usualNames.join('|')}|${durationPattern}`), {
    error: `expected ${usualNames.join(', ')}, or a rolling duration such as 24h`,
  })
  .transform((written, context) => {
    if (usualNames.includes(written)) return written as 'total' | 'hour' | 'day' | 'week' | 'month'
    const ms = durationMs(written)
    if (ms !== undefined && ms >= 1_000 && ms <= longestRateMs) return ms
    context.addIssue({ code: 'custom', message: 'expected a rolling duration from 1s to 366d' })
    return z.NEVER
  })
  .meta({
    title: 'window',
    description:
      'What it is for: `total` is for ever, `hour`, `day`, `week` (from Monday) and `month` begin anew in the time zone, and a duration is any stretch of that length.',
    examples: ['day', '24h'],
  })

const percentError = 'expected a percentage such as 80%'

const percent = z
  .union(
    [
      z.int({ error: percentError }).min(1, { error: percentError }).max(1_000, { error: percentError }),
      z
        .string({ error: percentError })
        .regex(orReference('\\d{1,4}%?'), { error: percentError })
        .transform((written) => Number(written.replace('%', '')))
        .pipe(z.int({ error: percentError }).min(1, { error: percentError }).max(1_000, { error: percentError })),
    ],
    { error: percentError },
  )
  .meta({ title: 'percentage', description: 'A percentage of the budget.' })

/** The fields of a budget, wherever it stands. */
export const budgetFields = {
  usd: number({ least: 0, most: longestMoney }, { description: 'US dollars that may be spent.', examples: [50] }),
  per: per.prefault('total'),
  timezone: zone.optional(),
  model: text(
    { description: 'The public model it is for. Absent: all together.', examples: ['chat'] },
    'model',
  ).optional(),
  hard: flag({
    description:
      'Whether it is never overspent: what a call can cost at most is set aside before it is sent, and a model without a known price is refused. Where false, it is only counted and told of.',
    examples: [false],
  }).prefault(true),
  onLimit: choice(['refuse', 'cheaper'], {
    description:
      'What happens to what does not fit: `refuse` answers 402, `cheaper` tries the cheaper targets of the model first.',
    examples: ['cheaper'],
  }).prefault('refuse'),
  onShort: choice(['clamp', 'reject'], {
    description: 'What happens when only a shorter answer fits: `clamp` asks for a shorter one, `reject` answers 402.',
    examples: ['reject'],
  }).prefault('clamp'),
  alerts: list(percent, {
    description: 'Percentages at which somebody is told, in the log and by the webhook, once per window.',
    examples: [['50%', '80%', '100%']],
  })
    .max(16, { error: 'expected at most 16 percentages' })
    .prefault(['50%', '80%', '100%']),
  webhook: text(
    { description: 'Where alerts are sent as well: a name of `webhooks.endpoints`, or an address.', examples: ['ops'] },
    'name or address',
  ).optional(),
}

/** An amount of money within a window. */
export const budgetSchema = section(budgetFields, { description: 'How much money may be spent within a window.' }).meta(
  {
    title: 'budget',
  },
)

/** What whoever has money and limits may have: keys, orgs, teams and users alike. */
export const allowanceFields = {
  limits: limitsSchema.optional(),
  budget: oneOrMore(
    budgetSchema,
    { description: 'How much money may be spent; several budgets hold at once.' },
    'budget',
  ).optional(),
}

const scope = text(
  {
    description:
      'Whom it is for: `gateway:*` is everybody together, `org:…`, `team:…`, `user:…`, `key:…`, `end_user:…`, `session:…`, `tag:name=value` and `provider:…` are somebody; `*` as the name stands for each by itself.',
    examples: ['team:shop', 'session:*'],
  },
  'scope',
)

/** A budget of any scope. */
export const scopedBudgetSchema = section({ scope, ...budgetFields }, { description: 'A budget of any scope.' })

/** Limits of any scope. */
export const scopedLimitsSchema = section(
  {
    scope,
    model: text(
      { description: 'The public model they are for. Absent: all together.', examples: ['chat'] },
      'model',
    ).optional(),
    ...countFields,
    onLimit,
  },
  { description: 'Limits of any scope.' },
)

/** What is wrong with the name of a time zone, or undefined. */
export const timeZoneProblem = (name: string): string | undefined =>
  isTimeZone(name)
    ? undefined
    : `no time zone is called ${JSON.stringify(name.slice(0, 60))}${hint(name, Intl.supportedValuesOf('timeZone'))}`
