import type { Request } from '../core/request.ts'
import type { Quirks, Target } from '../core/target.ts'

/** A target for tests, of which nothing is known but its quirks. */
export const plainTarget = (quirks: Quirks = {}): Target => ({
  id: 'suite/model-1',
  provider: 'suite',
  model: 'model-1',
  weight: 1,
  quirks,
  facts: undefined,
})

/** A request in a wire's name, enough for its writers. */
export const plainRequest = (wire: string, more: Partial<Request> = {}): Request => ({
  operation: 'chat',
  wire,
  model: 'public-model',
  stream: true,
  wantsUsage: true,
  body: undefined,
  chat: { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }], tools: [], stop: [] },
  untranslatable: [],
  ...more,
})
