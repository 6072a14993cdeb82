import * as z from 'zod'
import { type About, list, named, number, section, share } from './fields.ts'
import { percentPattern, percentShare } from './sizes.ts'

const usd = (description: string, example: number) =>
  number({ least: 0, most: 1e6 }, { description, examples: [example] })

/** The editor sees references to the environment before they are replaced. */
const orReference = (pattern: string): RegExp => new RegExp(`^(?:${pattern}|.*\\$\\{.*)$`)

/** Text that is read into a number; anything that cannot be is a mistake. */
const written = (
  pattern: string,
  read: (text: string) => number,
  { error, title, about }: { error: string; title: string; about: About },
) =>
  z
    .string({ error })
    .regex(orReference(pattern), { error })
    .transform((text, context) => {
      const value = read(text)
      if (Number.isFinite(value)) return value
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
    .meta({ title, ...about })

/** A part of the usual price, above it too: `175%` is 1.75. */
const percentage = (about: About) =>
  written(percentPattern, (text) => percentShare(text) ?? Number.NaN, {
    error: 'expected a percentage such as 50% or 175%',
    title: 'percentage',
    about,
  })

const multiples: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: 1_000_000 }

/** A number of tokens: `200k` is 200,000. */
const tokens = (about: About) => {
  const error = 'expected a number of tokens such as 200k or 1M'
  const inner = z.int({ error }).min(1, { error }).max(1e9, { error })
  const read = (text: string): number => Number.parseFloat(text) * (multiples[text.replace(/[\d.]/g, '')] ?? Number.NaN)
  const text = z.string({ error }).regex(orReference('\\d+(?:\\.\\d+)?[kM]?'), { error }).transform(read).pipe(inner)
  return z.union([inner, text], { error }).meta({ title: 'tokens', ...about })
}

/** A day, from its beginning in UTC, or a moment with its offset; in Unix milliseconds once read. */
const moment = (about: About) =>
  written('\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d(?::\\d\\d)?(?:Z|[+-]\\d\\d:\\d\\d))?', Date.parse, {
    error: 'expected a day such as 2027-01-01 or a moment such as 2027-01-01T16:00Z',
    title: 'day',
    about,
  })

const longContext = section(
  {
    above: tokens({
      description: 'Calls with more input tokens than this, all kinds together, cost as follows, for all their tokens.',
      examples: ['200k'],
    }),
    input: usd('A million prompt tokens.', 0.5),
    output: usd('A million generated tokens.', 3),
    cacheRead: usd('Default: as much dearer as `input`, and so for what follows.', 0.05).optional(),
    cacheWrite: usd('The same for writing to the cache.', 0.625).optional(),
    cacheWriteLong: usd('The same for its long life.', 1).optional(),
    reasoning: usd('Default: as much dearer as `output`.', 3).optional(),
    audioInput: usd('Default: as much dearer as `input`.', 20).optional(),
    audioOutput: usd('Default: as much dearer as `output`.', 30).optional(),
  },
  { description: 'What long prompts cost.' },
)

const fields = {
  input: usd('A million prompt tokens. Only together with `output`.', 0.25).optional(),
  output: usd('A million generated tokens.', 2).optional(),
  cacheRead: usd("A million prompt tokens read from the provider's cache. Default: as `input`.", 0.025).optional(),
  cacheWrite: usd(
    "A million prompt tokens written to the provider's cache for its short life. Default: as `input`.",
    0.3125,
  ).optional(),
  cacheWriteLong: usd('The same for its long life. Default: as `cacheWrite`.', 0.5).optional(),
  reasoning: usd('A million tokens of reasoning. Default: as `output`.', 2).optional(),
  audioInput: usd('A million prompt tokens of audio. Default: as `input`.', 10).optional(),
  audioOutput: usd('A million generated tokens of audio. Default: as `output`.', 20).optional(),
  perCall: usd('The call itself, in USD, whatever it used.', 0.01).optional().meta({ default: 0 }),
  perSearch: usd('Each search of the web that the provider made, in USD.', 0.01).optional().meta({ default: 0 }),
  longContext: longContext.optional(),
  tiers: named(percentage({ description: 'A percentage of the usual price.' }), {
    description:
      'What service tiers cost, by the names the provider reports. They go before the known ones; `default` is for calls that ask for none.',
    examples: [{ batch: '50%', flex: '50%', priority: '175%' }],
  }).prefault({}),
  discount: share({
    description: 'How much less than the price is paid, the known one or the one written here.',
    examples: ['10%'],
  }).prefault(0),
  surcharge: percentage({
    description: 'How much more than the price is paid, such as for an address in one region.',
    examples: ['10%'],
  }).prefault('0%'),
  from: moment({ description: 'The first day on which this price holds.', examples: ['2027-01-01'] }).optional(),
  until: moment({
    description: 'The first day on which it does not hold any more.',
    examples: ['2027-07-01'],
  }).optional(),
}

const about: About = {
  description:
    'A part without a price of its own costs as much as the part it belongs to. Without `input` and `output` the known price is meant, changed by what is written. A list holds one such map for each stretch of time: the last that holds at the moment counts, and when none does, it is as if there were no entry.',
}

type Fields = z.output<z.ZodObject<typeof fields>>

const parts = ['cacheRead', 'cacheWrite', 'cacheWriteLong', 'reasoning', 'audioInput', 'audioOutput'] as const

const saysNothing = (rule: Fields): boolean =>
  rule.perCall === undefined &&
  rule.perSearch === undefined &&
  rule.longContext === undefined &&
  Object.keys(rule.tiers).length === 0 &&
  rule.discount === 0 &&
  rule.surcharge === 0

/** What is wrong between the fields, and at which of them. */
const mistakeIn = (rule: Fields): readonly [problem: string, field?: string] | undefined => {
  const { input, output, from, until } = rule
  if (from !== undefined && until !== undefined && until <= from) return ['must be later than from', 'until']
  if (input !== undefined && output !== undefined) return undefined
  if (input !== undefined) return ['output is missing; the two go together', 'input']
  if (output !== undefined) return ['input is missing; the two go together', 'output']
  const lone = parts.find((part) => rule[part] !== undefined)
  if (lone) return ['needs input and output beside it', lone]
  return saysNothing(rule) ? ['says nothing; give input and output, or a discount'] : undefined
}

/** What a model costs at a time. */
export const priceRuleSchema = section(fields, about)
  .superRefine((rule, context) => {
    const mistake = mistakeIn(rule)
    if (!mistake) return
    const [message, field] = mistake
    context.addIssue({ code: 'custom', message, path: field === undefined ? [] : [field] })
  })
  .meta({ title: 'map', ...about })

/** What a model costs, at all times or one time after the other. */
export const priceSchema = z
  .union([priceRuleSchema, list(priceRuleSchema, about)], { error: 'expected a map, or a list of maps' })
  .meta({ title: 'map', ...about })
