import { defaultJsonLimits, type JsonLimits } from '../core/parse-json.ts'
import type { Operation } from '../core/request.ts'

/** OpenAI takes 300,000 tokens in one request for vectors, each of them a number; nothing in it is nested deep. */
const vectorLimits: JsonLimits = { ...defaultJsonLimits, depth: 16, tokens: 400_000 }

/** What a body may be that asks for this. */
export const jsonLimitsOf = (operation: Operation): JsonLimits =>
  operation === 'embed' ? vectorLimits : defaultJsonLimits

/** What may be submitted as a job: its body may be any of those, one level further in. It is looked at as its own door would. */
export const jobJsonLimits: JsonLimits = { ...vectorLimits, depth: defaultJsonLimits.depth + 1 }
