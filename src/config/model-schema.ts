import * as z from 'zod'
import { modelCacheSchema } from './cache-schema.ts'
import { duration, list, section, text } from './fields.ts'
import { outputSchema } from './output-schema.ts'
import { policy } from './policy-schema.ts'
import { queueField } from './queue-schema.ts'
import { hedgeSchema, mirrorSchema, repeatSchema, retryFields, timeoutFields } from './route-schema.ts'
import { targets, targetText } from './target-schema.ts'

const chain = (description: string) =>
  list(text({ description: 'A target, or the public name of another model, whose targets are meant.' }, 'target'), {
    description,
    examples: [['gemini/gemini-3-pro']],
  }).prefault([])

const fallback = section(
  {
    context: chain('Asked when the prompt is too long for the targets.'),
    policy: chain("Asked when a provider's content policy refuses. Empty unless you choose it."),
  },
  { description: 'Who is asked for reasons that the other targets would share.' },
)

/** A model in full. */
export const fullModelSchema = section(
  {
    targets,
    policies: list(policy, {
      description:
        'How targets are chosen, ordered and left out, each policy after the one before: rules (`{ when, use }`) come first and choose who may answer; `order` as written, `weighted` by lot, `sticky` the same for calls that belong together (`{ sticky: session }` says by what), `capable` leaves out what cannot answer, `healthy` leaves out those that keep failing or asked for a pause, but never all, `cheapest` by price, `fastest` by time to the first words.',
      examples: [
        ['capable', 'healthy', 'cheapest'],
        ['healthy', { sticky: 'session' }],
      ],
    }).prefault(['capable', 'healthy']),
    fallback: fallback.prefault({}),
    timeouts: section(timeoutFields.own, {
      description: 'Its own clocks; what is not given is taken from the top-level `timeouts`.',
    }).prefault({}),
    retry: section(retryFields.own, {
      description: 'Its own numbers; what is not given is taken from the top-level `retry`.',
    }).prefault({}),
    queue: queueField({
      description:
        'Whether calls of this model wait for their turn at its targets. Default: as the provider of each target has it.',
      examples: [true, { maxWait: '10s' }, false],
    }).optional(),
    output: outputSchema.optional(),
    cache: modelCacheSchema.optional(),
    hedge: hedgeSchema.optional(),
    mirror: mirrorSchema.optional(),
    repeat: repeatSchema.optional(),
    latencyBudget: duration({
      description:
        'How long an answer may take, a stream until its first words. Nothing is stopped for it: `/admin/api/quality` tells how many were there in time.',
      examples: ['2s'],
    }).optional(),
  },
  { description: 'A model in full.' },
)

/** A public model: one target, a list of targets, or all there is to say. */
export const modelSchema = z
  .union([targetText, targets, fullModelSchema], {
    error: 'expected a target, a list of targets, or a map with targets',
  })
  .meta({ title: 'model', description: 'A public model: one target, a list of targets, or a map.' })
