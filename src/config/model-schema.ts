import * as z from 'zod'
import { policyNames } from '../routing/policies.ts'
import { choice, list, number, section, text } from './fields.ts'
import { retryFields, timeoutFields } from './route-schema.ts'

const targetText = text(
  { description: 'A provider and its own name of the model: `provider/model`.', examples: ['openai/gpt-5-mini'] },
  'target',
)

const weightedTarget = section(
  {
    target: targetText,
    weight: number(
      { least: 0, most: 1e6 },
      {
        description:
          'Its share of the traffic beside the others, more than 0. Where weights differ and no policy orders the targets, `weighted` does.',
        examples: [2],
      },
    ).prefault(1),
  },
  { description: 'A target with a weight.' },
)

const target = z
  .union([targetText, weightedTarget], {
    error: 'expected a target such as openai/gpt-5-mini, or a map with target and weight',
  })
  .meta({
    title: 'target',
    description: 'A target, or one with a weight: `{ target, weight }`.',
    examples: ['openai/gpt-5-mini'],
  })

const targets = list(target, {
  description: 'Who may answer. The order matters where policies leave it alone.',
  examples: [['openai/gpt-5-mini', { target: 'anthropic/claude-haiku-4-5', weight: 2 }]],
}).min(1, { error: 'needs at least one target' })

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
    policies: list(choice(policyNames, { description: 'The name of a policy.' }), {
      description:
        'How targets are ordered and left out, each policy after the one before: `order` as written, `weighted` by lot, `capable` leaves out what cannot answer, `healthy` leaves out those that keep failing or asked for a pause, but never all, `cheapest` by price, `fastest` by time to the first words.',
      examples: [['capable', 'healthy', 'cheapest']],
    }).prefault(['capable', 'healthy']),
    fallback: fallback.prefault({}),
    timeouts: section(timeoutFields.own, {
      description: 'Its own clocks; what is not given is taken from the top-level `timeouts`.',
    }).prefault({}),
    retry: section(retryFields.own, {
      description: 'Its own numbers; what is not given is taken from the top-level `retry`.',
    }).prefault({}),
  },
  { description: 'A model in full.' },
)

/** A public model: one target, a list of targets, or all there is to say. */
export const modelSchema = z
  .union([targetText, targets, fullModelSchema], {
    error: 'expected a target, a list of targets, or a map with targets',
  })
  .meta({ title: 'model', description: 'A public model: one target, a list of targets, or a map.' })
