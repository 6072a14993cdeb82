import * as z from 'zod'
import { policyNames } from '../routing/policies.ts'
import { stickyKinds } from '../routing/sticky.ts'
import { needNames } from '../routing/when.ts'
import { type About, choice, flag, name, named, oneOrMore, orReference, section, text, whole } from './fields.ts'
import { targets } from './target-schema.ts'

const names = (description: string, example: string) =>
  oneOrMore(name({ description: 'A name.' }), { description, examples: [example] }, 'name').optional()

const values = (description: string, examples: readonly unknown[]) =>
  named(
    oneOrMore(
      z
        .union([text({ description: 'A value.' }), z.number(), z.boolean()], { error: 'expected text' })
        .transform(String)
        .meta({ title: 'text', description: 'A value; `*` is any.' }),
      { description: 'A value, or several of which one is enough; `*` is any.' },
      'text',
    ),
    { description, examples },
  ).optional()

const clockPattern = '(?:[01]\\d|2[0-3]):[0-5]\\d|24:00'

/** A time of day; minutes since midnight once read. */
const timeOfDay = (about: About) => {
  const error = 'expected a time of day such as 08:30'
  return z
    .string({ error })
    .regex(orReference(clockPattern), { error })
    .transform((written, context) => {
      const [hours = '', minutes = ''] = written.split(':')
      if (new RegExp(`^(?:${clockPattern})$`).test(written)) return Number(hours) * 60 + Number(minutes)
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
    .meta({ title: 'time of day', ...about })
}

/** Days and groups of days, as they are written. */
export const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'weekdays', 'weekend'] as const

const time = section(
  {
    from: timeOfDay({ description: 'When it begins.', examples: ['22:00'] }).prefault('00:00'),
    to: timeOfDay({
      description: 'When it is over; earlier than `from`: on the next day.',
      examples: ['06:00'],
    }).prefault('24:00'),
    days: oneOrMore(
      choice(dayNames, { description: 'A day, or a group of days.' }),
      { description: 'On which days it begins. Default: all.', examples: ['weekdays', ['sat', 'sun']] },
      'day',
    ).optional(),
    timezone: text({ description: 'The clock that is meant.', examples: ['Europe/Berlin'] }, 'time zone').prefault(
      'UTC',
    ),
  },
  { description: 'The time at which the call came.' },
)

const tokens = section(
  {
    from: whole({ least: 0, most: 1e9 }, { description: 'At least so many.', examples: [8_000] }).optional(),
    below: whole({ least: 1, most: 1e9 }, { description: 'Fewer than this.', examples: [1_000] }).optional(),
  },
  { description: 'Tokens of the prompt, by estimate.' },
)

const when = section(
  {
    needs: oneOrMore(
      choice(needNames, { description: 'Something that not every model can.' }),
      {
        description: 'What the call needs beyond text; one of several is enough.',
        examples: ['image', ['tools', 'schema']],
      },
      'word',
    ).optional(),
    stream: flag({ description: 'Is a stream asked for?', examples: [true] }).optional(),
    tokens: tokens.optional(),
    key: names('Names of virtual keys.', 'web'),
    team: names('Teams.', 'shop'),
    user: names('Users that keys belong to.', 'anna'),
    org: names('Orgs.', 'acme'),
    endUser: names('Whom the application asks for, by its own word.', 'customer-7'),
    tags: values('Tags of the call, by name; all that are given must be there.', [{ tier: 'gold' }]),
    metadata: values("Fields of the request's own `metadata`; all that are given must be there.", [
      { task: 'summary' },
    ]),
    time: time.optional(),
  },
  { description: 'What a call must be: everything that is given, and of a list any.', examples: [{ needs: 'image' }] },
)

const policyMap = section(
  {
    sticky: oneOrMore(
      choice(stickyKinds, { description: 'By what calls belong together.' }),
      {
        description:
          'Sends calls that belong together to the same target, by weight: those of a `session`, an `endUser`, a `user`, a `key`, or whose prompts begin alike (`prefix`). Of several the first that a call has counts.',
        examples: ['session', ['session', 'prefix']],
      },
      'word',
    ).optional(),
    when: when.optional(),
    use: targets.optional(),
  },
  { description: '`{ sticky }`, or a rule: `{ when, use }`.' },
)

/** A policy by its name, or one that says more. */
export const policy = z
  .union([choice(policyNames, { description: 'The name of a policy.' }), policyMap], {
    error: `expected one of ${policyNames.join(', ')}, or a map with sticky, or with when and use`,
  })
  .meta({
    title: 'policy',
    description: 'A policy by its name, `{ sticky }`, or a rule: `{ when, use }`.',
    examples: ['healthy'],
  })

export type WrittenPolicy = z.output<typeof policy>
export type WrittenCondition = z.output<typeof when>
