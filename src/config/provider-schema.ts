import * as z from 'zod'
import type { Quirks } from '../core/target.ts'
import { choice, duration, flag, list, named, number, section, share, text, whole } from './fields.ts'
import { kindNames } from './kinds.ts'
import { apiKeysField, ownFields } from './own-fields.ts'
import { queueField } from './queue-schema.ts'

const quirkFields = {
  maxOutputField: choice(['max_tokens', 'max_completion_tokens'], {
    description: 'The field that caps the output.',
    examples: ['max_tokens'],
  }).optional(),
  streamUsage: flag({ description: 'Does it take `stream_options.include_usage`?', examples: [false] }).optional(),
  developerRole: flag({
    description: 'Does it take the role `developer`? Where not, `system` is sent.',
    examples: [false],
  }).optional(),
  systemAnywhere: flag({
    description: 'Does it take system messages between the others? Where not, a conversation with one goes elsewhere.',
    examples: [false],
  }).optional(),
  endMark: flag({
    description: "Does a complete stream always end with the language's end mark?",
    examples: [false],
  }).optional(),
  reasoningField: choice(['reasoning_content', 'reasoning'], {
    description: 'Where reasoning of earlier turns is sent back.',
    examples: ['reasoning_content'],
  }).optional(),
  reasoningRequest: choice(['effort', 'object', 'thinking', 'none'], {
    description: 'How thinking is asked for.',
    examples: ['effort'],
  }).optional(),
  schemaFormat: flag({ description: 'Does it enforce JSON Schemas?', examples: [false] }).optional(),
  jsonFormat: flag({ description: 'Can it be told to answer in JSON without a schema?', examples: [false] }).optional(),
  refuses: list(text({ description: 'A field of the request.' }), {
    description: 'Fields that it refuses: a request with one of them goes elsewhere.',
    examples: [['logit_bias']],
  }).optional(),
  statesCost: flag({
    description: 'Is what its usage says a call cost (`cost`, `cost_in_usd_ticks`) believed before any price?',
    examples: [false],
  }).optional(),
  namesModel: flag({
    description: 'Does the body name the model? Where not, the address does.',
    examples: [false],
  }).optional(),
  adds: z
    .record(z.string(), z.json(), { error: 'expected a map' })
    .meta({ title: 'map', description: 'Fields added to every request.', examples: [{ provider: { sort: 'price' } }] })
    .optional(),
} satisfies { [Name in keyof Quirks]-?: z.ZodType<Quirks[Name]> }

/** How a provider differs from others of its kind. */
const quirks = section(quirkFields, {
  description: 'How it differs from others of its kind; what is not given is as usual for the kind.',
})

const latency = section(
  {
    p50: number({ least: 0, most: 600_000 }, { description: 'Half of the answers begin sooner.', examples: [400] }),
    p99: number({ least: 0, most: 600_000 }, { description: 'One of a hundred begins later.', examples: [3000] }),
  },
  { description: 'Milliseconds until an answer begins.' },
)

/** What only a simulated provider understands; the defaults shown are its own. */
export const simulationFields = {
  latencyMs: latency.optional().meta({ default: { p50: 200, p99: 800 } }),
  tokensPerSecond: number({ least: 0.1, most: 1e6 }, { description: 'How fast it speaks.', examples: [80] })
    .optional()
    .meta({ default: 200 }),
  errorRate: share({ description: 'How many calls fail with a server error.', examples: ['1%'] })
    .optional()
    .meta({ default: 0 }),
  rateLimitRate: share({ description: 'How many calls are refused with 429.', examples: ['1%'] })
    .optional()
    .meta({ default: 0 }),
  retryAfter: duration(
    { description: 'What a 429 asks to wait. Default: it does not say.', examples: ['2s'] },
    { least: 0, most: 3_600_000 },
  ).optional(),
  cutRate: share({ description: 'How many answers are cut in the middle.', examples: ['0.5%'] })
    .optional()
    .meta({ default: 0 }),
  stallRate: share({ description: 'How many answers fall silent in the middle.', examples: ['0.5%'] })
    .optional()
    .meta({ default: 0 }),
  faultyJsonRate: share({ description: 'How many answers in JSON hold a mistake.', examples: ['10%'] })
    .optional()
    .meta({ default: 0 }),
  seed: whole(
    { least: 0, most: 4_294_967_295 },
    { description: 'The same seed makes the same words and the same accidents.', examples: [7] },
  )
    .optional()
    .meta({ default: 1 }),
  failing: flag({ description: 'Whether every call fails.', examples: [true] })
    .optional()
    .meta({ default: false }),
}

/** A provider. Which fields it may have depends on its kind. */
export const providerSchema = section(
  {
    kind: choice(kindNames, {
      description: "What it is. Default: the provider's name, when that is a kind.",
      examples: ['openai-compatible'],
    }).optional(),
    apiKey: text({
      description:
        'The key it is called with. Default: the usual environment variable of its kind, unless `baseUrl` sends calls elsewhere than usual.',
      examples: [`\${OPENAI_API_KEY}`],
    }).optional(),
    apiKeys: apiKeysField,
    clientKeys: flag({
      description:
        'Whether callers may bring a key of their own account there, by `x-tollgate-provider-key: <provider>=<key>`. It is sent to this provider alone, for that call alone, and kept nowhere; no budget of money is charged for it.',
      examples: [true],
    }).optional(),
    propagate: flag({
      description:
        'Whether it is told of the trace of a caller (`traceparent`, `tracestate`). Default: as `telemetry.propagate` has it.',
      examples: [true],
    }).optional(),
    baseUrl: text(
      {
        description:
          'Where it is, up to and including the version: `https://host/v1`. Default: the usual address of its kind.',
        examples: ['http://127.0.0.1:8000/v1'],
      },
      'address',
    ).optional(),
    headers: named(z.string({ error: 'expected text' }), {
      description: 'Headers added to every request to it.',
      examples: [{ 'x-team': 'shop' }],
    }).prefault({}),
    models: list(text({ description: "The provider's own name of a model." }), {
      description:
        'Models it is known to serve, for `GET /v1/models`; others work too, except at a simulated one, which answers to these beside `small` and `large`. Default: those its kind is known for.',
      examples: [['gpt-5-mini']],
    }).optional(),
    queue: queueField({
      description:
        'Whether calls wait for their turn instead of being refused, when its limits are used up or it has too much to do: those of `limits` with the scope `provider:…`, and those that it tells itself in its headers.',
      examples: [true, { maxWait: '20s', length: 500 }],
    }).optional(),
    quirks: quirks.prefault({}),
    ...ownFields,
    ...simulationFields,
  },
  {
    description:
      'Which fields it may have depends on its kind: what follows `quirks` is only for some, and `latencyMs` and what follows for simulated ones.',
  },
)
