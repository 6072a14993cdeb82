import * as z from 'zod'
import { list, number, section, text } from './fields.ts'

/** A provider and its own name of the model. */
export const targetText = text(
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

/** Who may answer: at least one. */
export const targets = list(target, {
  description: 'Who may answer. The order matters where policies leave it alone.',
  examples: [['openai/gpt-5-mini', { target: 'anthropic/claude-haiku-4-5', weight: 2 }]],
}).min(1, { error: 'needs at least one target' })
