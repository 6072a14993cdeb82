import { GatewayError } from '../core/errors.ts'
import type { Chat, Need, Request } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import type { Provider } from './provider.ts'

/** How a provider comes to do what is asked: by itself, in another way that the gateway chooses, or not at all. */
export type How = 'native' | 'emulated' | 'refused'

/** Something that can be asked of a provider. */
export interface Feature {
  readonly title: string
  /** What models may be known to lack of it; `capable` leaves such a target out. */
  readonly need?: Need | undefined
  /** A question that asks for it. */
  readonly chat: Partial<Chat>
  /** Can a target be told of it in words, because the answer is held against it? */
  readonly inWords?: true | undefined
  /** True where the request asks for it in other words than its own. */
  isEmulated?(body: string, target: Target): boolean
}

const user = (...parts: Chat['messages'][number]['parts']): Pick<Chat, 'messages'> => ({
  messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }, ...parts] }],
})

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const tools = [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }] as const
const schema = {
  type: 'object',
  properties: { total: { type: 'integer' } },
  required: ['total'],
  additionalProperties: false,
} as const

/** What callers ask for most, in the order in which it is shown. */
export const features: readonly Feature[] = [
  { title: 'tools', need: 'tools', chat: { tools } },
  { title: 'a tool that must be called', chat: { tools, toolChoice: { kind: 'required' } } },
  { title: 'one tool at a time', chat: { tools, parallelTools: false } },
  { title: 'JSON', need: 'json', inWords: true, chat: { format: { kind: 'json' } } },
  {
    title: 'a JSON Schema',
    need: 'schema',
    inWords: true,
    chat: { format: { kind: 'schema', name: 'invoice', schema, strict: true } },
  },
  { title: 'thinking, by effort', need: 'reasoning', chat: { reasoning: { effort: 'high' }, maxOutput: 20_000 } },
  {
    title: 'thinking, by a budget',
    need: 'reasoning',
    chat: { reasoning: { mode: 'on', budget: 4_096 }, maxOutput: 20_000 },
    isEmulated: (body) => !body.includes('4096'),
  },
  {
    title: 'images',
    need: 'image',
    chat: user({ kind: 'image', source: { kind: 'data', data: pixel, mediaType: 'image/png' } }),
  },
  {
    title: 'images by address',
    need: 'image',
    chat: user({ kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }),
  },
  {
    title: 'PDF files',
    need: 'file',
    chat: user({
      kind: 'file',
      name: 'a.pdf',
      source: { kind: 'data', data: 'JVBERi0xLjQ=', mediaType: 'application/pdf' },
    }),
  },
  {
    title: 'sound',
    need: 'audio',
    chat: user({ kind: 'audio', format: 'wav', source: { kind: 'data', data: 'UklGRg==', mediaType: 'audio/wav' } }),
  },
  {
    title: 'instructions of a developer',
    chat: {
      messages: [
        { role: 'developer', parts: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ kind: 'text', text: 'Hello' }] },
      ],
    },
    isEmulated: (body) => !body.includes('"developer"'),
  },
  { title: 'several answers (`n`)', need: 'choices', chat: { choices: 2 } },
  { title: 'log-probabilities', need: 'logprobs', chat: { logProbs: { top: 2 } } },
  { title: '`seed`', chat: { seed: 7 } },
  { title: '`stop`', chat: { stop: ['END'] } },
  { title: 'penalties', chat: { frequencyPenalty: 0.5, presencePenalty: 0.5 } },
  { title: '`logit_bias`', chat: { logitBias: { 50256: -100 } } },
]

/** A question that asks for a feature and for nothing else. */
export const askFor = ({ chat }: Pick<Feature, 'chat'>): Request => ({
  operation: 'chat',
  wire: 'library',
  model: 'model',
  stream: false,
  wantsUsage: false,
  body: undefined,
  untranslatable: [],
  chat: { ...user(), tools: [], stop: [], ...chat },
})

/** True for what a language or a target has no words for. Throws whatever else was thrown. */
const isIncapable = (thrown: unknown): boolean => {
  if (thrown instanceof GatewayError && thrown.details.outcome === 'incapable') return true
  throw thrown
}

/**
 * How a target does what is asked: found out by writing the request, as an attempt would. What is refused goes to the next
 * target, or back to the caller with the name of the field.
 */
export const howOf = (feature: Feature, wire: Pick<Provider['wire'], 'writeRequest'>, target: Target): How => {
  const without = feature.inWords ? 'emulated' : 'refused'
  if (feature.need !== undefined && target.facts?.lacks.includes(feature.need)) return without
  try {
    const body = wire.writeRequest(askFor(feature), target)
    return feature.isEmulated?.(body, target) ? 'emulated' : 'native'
  } catch (thrown) {
    return isIncapable(thrown) ? without : 'native'
  }
}
