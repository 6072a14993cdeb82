import { section, text } from './fields.ts'

/** `quality` of `telemetry`: who is told when a model becomes worse. */
export const qualitySchema = section(
  {
    webhook: text(
      {
        description:
          'Where it is told as well when a model becomes worse than it used to be, beside the log: a name of `webhooks.endpoints`.',
        examples: ['ops'],
      },
      'name',
    ).optional(),
  },
  { description: 'Who is told when a model becomes worse than it used to be.' },
)
