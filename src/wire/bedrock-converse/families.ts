import type { Target } from '../../core/target.ts'

/** Makers whose models have fields of their own, by which thinking is asked for. */
export type Family = 'claude' | 'nova' | 'openai' | 'plain' | 'unknown'

/** Profiles begin with a region, addresses end with the model: `us.anthropic.claude-…`, `arn:aws:bedrock:…/amazon.nova-…`. */
const families: readonly (readonly [name: RegExp, family: Family])[] = [
  [/anthropic\.|claude/, 'claude'],
  [/amazon\.nova/, 'nova'],
  [/openai\./, 'openai'],
  [/(?:^|[./])(?:meta|mistral|cohere|ai21|writer|stability)\.|amazon\.titan/, 'plain'],
]

/** Whose model it is; an application's own profile does not tell. */
export const familyOf = ({ model }: Target): Family => families.find(([name]) => name.test(model))?.[1] ?? 'unknown'
