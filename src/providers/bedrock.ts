import { GatewayError } from '../core/errors.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import type { AnswerHeaders, Wire } from '../wire/wire.ts'
import { identityWith } from './identity.ts'
import type { Provider } from './provider.ts'
import type { ProviderRow } from './row.ts'
import { identitiesOf, type KeySource } from './several-keys.ts'
import { type AwsIdentity, type AwsSigner, createAwsSigner } from './sign/aws.ts'

/** What is known of Amazon Bedrock. */
export const bedrockRow: ProviderRow = {
  kind: 'bedrock',
  title: 'Amazon Bedrock',
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  blanks: [
    { name: 'region', meaning: 'the region of its endpoint', environmentKeys: ['AWS_REGION', 'AWS_DEFAULT_REGION'] },
  ],
  environmentKeys: ['AWS_BEARER_TOKEN_BEDROCK'],
  auth: 'bearer',
  signs: 'aws',
  quirks: { jsonFormat: false },
  models: [
    'global.anthropic.claude-opus-5-5',
    'global.anthropic.claude-sonnet-5',
    'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    'amazon.nova-pro-v1:0',
    'amazon.nova-lite-v1:0',
    'amazon.nova-micro-v1:0',
    'openai.gpt-oss-120b-1:0',
    'meta.llama3-3-70b-instruct-v1:0',
    'deepseek.r1-v1:0',
    'qwen.qwen3-32b-v1:0',
  ],
  priceProvider: 'aws',
  source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html',
  checked: '2026-11-24',
}

export interface BedrockOptions extends KeySource {
  readonly name: string
  /** Where Converse is asked for, such as the address of a VPC endpoint; `https://bedrock-runtime.<region>.amazonaws.com`. */
  readonly baseUrl: string
  /** Who signs; undefined: calls are made with a key. */
  readonly aws?: AwsIdentity | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
  /** Unix milliseconds, for signatures. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

const bearer = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` }

/** The language, whose refusals for the time of a signature are tried again by a clock that is right. */
const keepingTime = (signer: AwsSigner): Wire => ({
  ...bedrockConverse,
  readError: (status, body, headers: AnswerHeaders = {}) => {
    const { date, 'x-amzn-errortype': type } = headers
    const learned = signer.learn(`${type} ${body}`, typeof date === 'string' ? date : undefined)
    if (!learned) return bedrockConverse.readError(status, body, headers)
    return new GatewayError('upstream_failed', "The clock of this machine differs from the provider's.", {
      outcome: 'lock',
    })
  },
})

/** Steps that an address would be shortened by: such a model would lead elsewhere. */
const isStep = (model: string): boolean => model === '.' || model === '..'

/** Amazon Bedrock, by its Converse language. */
export const createBedrock = (options: BedrockOptions): Provider => {
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const { headers, keys, secrets } = identitiesOf(options, bearer)
  const { aws } = options
  const signer = aws && createAwsSigner(aws, { service: 'bedrock', now: options.now })
  const own = aws ? [aws.secretAccessKey, aws.sessionToken, aws.accessKeyId] : []
  return {
    name: options.name,
    wire: signer ? keepingTime(signer) : bedrockConverse,
    quirks: bedrockRow.quirks,
    url: (model, operation, stream) => {
      if (operation !== 'chat' || isStep(model)) return undefined
      return `${baseUrl}/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`
    },
    headers: () => headers,
    // A caller's own key proves enough: our signature would take its place.
    sign: signer && ((outgoing) => (outgoing.headers.authorization === undefined ? signer.sign(outgoing) : {})),
    headersWith: (key) => identityWith(bearer(key), options.headers),
    keys,
    secrets: [...secrets, ...own.filter((secret) => secret !== undefined)],
    models: options.models?.length ? options.models : bedrockRow.models,
  }
}
