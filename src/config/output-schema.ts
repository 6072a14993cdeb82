import * as z from 'zod'
import { choice, flag, list, section, text, whole } from './fields.ts'

const rule = section(
  {
    at: z
      .string({ error: 'expected a JSON pointer such as /sources/0' })
      .regex(/^(?:\/.*)?$/, { error: 'expected a JSON pointer such as /sources/0, or nothing for the whole answer' })
      .meta({
        title: 'JSON pointer',
        description: 'Where; `*` stands for every item or member, nothing for the whole answer.',
        examples: ['/sources/*'],
      }),
    required: flag({ description: 'It must be there and not be empty.', examples: [true] }).optional(),
    oneOf: list(z.json(), { description: 'It must be one of these.', examples: [['low', 'high']] }).optional(),
    matches: text({
      description: 'A text must match this pattern, which neither looks around nor refers back.',
      examples: ['^https://'],
    }).optional(),
    minLength: whole(
      { least: 0, most: 1_000_000 },
      { description: 'The least characters of a text, or items of a list.', examples: [1] },
    ).optional(),
    maxLength: whole(
      { least: 0, most: 1_000_000 },
      { description: 'The most characters of a text, or items of a list.', examples: [500] },
    ).optional(),
  },
  { description: 'What a value must be like, beyond its schema.' },
)

const inFull = section(
  {
    attempts: whole(
      { least: 1, most: 3 },
      { description: 'How often the model is asked, the first time included.', examples: [3] },
    ).prefault(2),
    fallback: list(text({ description: 'A public model, or `provider/model`.' }, 'model'), {
      description: 'Models that are asked after that, each once.',
      examples: [['openai/gpt-5']],
    }).prefault([]),
    default: z
      .json({ error: 'expected a value that JSON can say' })
      .optional()
      .meta({
        title: 'JSON',
        description: 'The answer when nothing helped. Default: an error.',
        examples: [{ items: [] }],
      }),
    mode: choice(['incremental', 'buffer'], {
      description:
        '`incremental`: a stream passes as far as it can still become valid, and breaks off where it cannot. `buffer`: it is held back until it is valid, so that it can be put right and asked for again to the end.',
      examples: ['buffer'],
    }).prefault('incremental'),
    rules: list(rule, {
      description: 'What values must be like, beyond the schema.',
      examples: [[{ at: '/sources', required: true }]],
    }).prefault([]),
  },
  { description: 'What is done so that structured output is valid.' },
)

/** `output` of a model: what is done, or `false` for nothing. */
export const outputSchema = z.union([z.literal(false), inFull], { error: 'expected false or a map' }).meta({
  title: 'map',
  description:
    'What is done so that an answer in JSON satisfies the schema that was asked for; `false`: answers pass as they come. Default: it is checked, put right where that is certain, and asked for once more.',
  examples: [{ attempts: 3, fallback: ['openai/gpt-5'] }],
})
