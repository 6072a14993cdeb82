import { GatewayError } from '../core/errors.ts'
import type { Operation } from '../core/request.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import { gemini } from '../wire/gemini/index.ts'
import { geminiBatchEmbedContents, geminiEmbedContent } from '../wire/gemini-vectors.ts'
import type { Wire } from '../wire/wire.ts'

/** What is asked of a model by the word behind its name. */
interface Verb {
  readonly wire: Wire
  readonly operation: Operation
  readonly stream: boolean
}

const verbs: ReadonlyMap<string, Verb> = new Map([
  ['generateContent', { wire: gemini, operation: 'chat', stream: false }],
  ['streamGenerateContent', { wire: gemini, operation: 'chat', stream: true }],
  ['countTokens', { wire: gemini, operation: 'count_tokens', stream: false }],
  ['embedContent', { wire: geminiEmbedContent, operation: 'embed', stream: false }],
  ['batchEmbedContents', { wire: geminiBatchEmbedContents, operation: 'embed', stream: false }],
])

/** Amazon's words stand behind a slash. */
const actions: ReadonlyMap<string, Verb> = new Map([
  ['converse', { wire: bedrockConverse, operation: 'chat', stream: false }],
  ['converse-stream', { wire: bedrockConverse, operation: 'chat', stream: true }],
  ['count-tokens', { wire: bedrockConverse, operation: 'count_tokens', stream: false }],
])

/** Google's client speaks to either version. */
const versions = ['/v1beta', '/v1'] as const

/** The paths of these doors, with `{model}` where a name stands. */
export const modelPaths: readonly string[] = [
  ...versions.flatMap((version) => [...verbs.keys()].map((verb) => `${version}/models/{model}:${verb}`)),
  ...[...actions.keys()].map((action) => `/model/{model}/${action}`),
]

/** A question whose path names the model. */
export interface ModelPath extends Verb {
  readonly path: string
  readonly model: string
}

/** A model name from a path: `%2F` stands for its slash; anything that could leave the segment is no name. */
export const modelIn = (segment: string): string | undefined => {
  try {
    const name = decodeURIComponent(segment)
    return name === '' || name.includes('..') || name.includes('//') || name.includes('\0') ? undefined : name
  } catch {
    return undefined
  }
}

/** Names with a slash stand without `models/` where the AI SDK writes them. */
const form = /^(\/v1(?:beta)?)\/(?:models\/(.+)|([^/]+\/.+)):([A-Za-z]+)$/

/** Names of Amazon's may be addresses, whose slashes its clients write as `%2F`. */
const amazonForm = /^\/model\/([^/]+)\/([a-z-]+)$/

const readAmazonPath = (path: string): ModelPath | undefined => {
  const [, segment = '', word = ''] = amazonForm.exec(path) ?? []
  const action = actions.get(word)
  const model = modelIn(segment)
  return action && model !== undefined ? { ...action, path: `/model/{model}/${word}`, model } : undefined
}

/** What a path asks of which model; undefined when it is no such path. */
export const readModelPath = (path: string): ModelPath | undefined => {
  if (path.startsWith('/model/')) return readAmazonPath(path)
  const [, version, listed, bare, word = ''] = form.exec(path) ?? []
  const verb = verbs.get(word)
  const model = modelIn(listed ?? bare ?? '')
  if (verb === undefined || model === undefined) return undefined
  return { ...verb, path: `${version}/models/{model}:${word}`, model }
}

const asksForEvents = /[?&]alt=sse(?:&|$)/

/** Without `alt=sse` Google streams one long JSON array, which nobody can read before its end. Throws `invalid_request`. */
export const checkStreamForm = ({ stream }: Pick<Verb, 'stream'>, target: string): void => {
  if (stream && !asksForEvents.test(target))
    throw new GatewayError(
      'invalid_request',
      'Streams are told as server-sent events here: add ?alt=sse, or ask :generateContent for a whole answer.',
      { param: 'alt' },
    )
}
