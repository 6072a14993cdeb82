import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { GoogleGenAI } from '@google/genai'
import { embedMany } from 'ai'
import OpenAI from 'openai'
import { isObject, type JsonObject } from '../../core/json.ts'
import { base64Of } from '../../core/vector.ts'
import { type FakeUpstream, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { type GatewayUnderTest, startGateway } from '../faults/harness.ts'

/** What an upstream was asked for, whatever its language. */
export interface Asked {
  readonly path: string
  readonly model: unknown
  readonly texts: readonly unknown[]
  readonly dimensions: unknown
  readonly encoding: unknown
}

/** The vector of a text, different for each, exact in 32 bits. */
export const vectorOf = (text: unknown): readonly number[] => [String(text).length / 4, -0.5, 0.125]

const parsed = ({ body }: ReceivedRequest): JsonObject => {
  const value: unknown = JSON.parse(body)
  if (!isObject(value)) throw new Error('An upstream was sent no object.')
  return value
}

const textIn = (content: unknown): unknown => (content as { parts: { text: string }[] }).parts[0]?.text

/** What a request asks for. */
export const asked = (received: ReceivedRequest): Asked => {
  const body = parsed(received)
  const requests = (body.requests ?? (body.content ? [body] : undefined)) as JsonObject[] | undefined
  if (requests) {
    const model = /models\/([^:]+):/.exec(received.path)?.[1]
    const texts = requests.map(({ content }) => textIn(content))
    return { path: received.path, model, texts, dimensions: requests[0]?.outputDimensionality, encoding: undefined }
  }
  const texts = Array.isArray(body.input) ? body.input : [body.input]
  return { path: received.path, model: body.model, texts, dimensions: body.dimensions, encoding: body.encoding_format }
}

const usage = { prompt_tokens: 10, total_tokens: 10 }

/** An upstream that makes vectors in either language; one that knows base64 gives it to whoever asks. */
const answer = (received: ReceivedRequest, knowsBase64: boolean): Step => {
  const { texts, encoding, path } = asked(received)
  const vectors = texts.map(vectorOf)
  const values = vectors.map((each) => ({ values: each }))
  const usageMetadata = { promptTokenCount: 10 }
  if (path.endsWith(':embedContent')) return { body: JSON.stringify({ embedding: values[0], usageMetadata }) }
  if (path.endsWith(':batchEmbedContents')) return { body: JSON.stringify({ embeddings: values, usageMetadata }) }
  const inBase64 = knowsBase64 && encoding === 'base64'
  const data = vectors.map((each, index) => ({
    object: 'embedding',
    index,
    embedding: inBase64 ? base64Of(each) : each,
  }))
  return { body: JSON.stringify({ object: 'list', data, model: 'one', usage }) }
}

export const upstreamKinds = ['openai', 'numbers', 'gemini'] as const

/** A gateway in front of upstreams: OpenAI's like, one that gives numbers alone, and Gemini's. */
export interface Rig extends AsyncDisposable {
  readonly gateway: GatewayUnderTest
  readonly url: string
  readonly upstream: FakeUpstream
  /** What was asked last. */
  last(): Asked
}

export const startRig = async (): Promise<Rig> => {
  const upstream = await startFakeUpstream()
  upstream.always((received) => answer(received, received.path.startsWith('/openai')))
  const at = (path: string) => ({ apiKey: 'sk-upstream-secret', baseUrl: `${upstream.url}/${path}` })
  const gateway = await startGateway({
    providers: {
      openai: { kind: 'openai', ...at('openai/v1') },
      numbers: { kind: 'lm-studio', ...at('numbers/v1') },
      gemini: { kind: 'gemini', ...at('v1beta') },
      claude: { kind: 'anthropic', ...at('v1') },
    },
    retry: { attempts: 2, sameTarget: 0 },
    prices: { 'openai/*': { input: 1, output: 0 }, 'gemini/*': { input: 2, output: 0 } },
  })
  return {
    gateway,
    url: `http://127.0.0.1:${gateway.port}`,
    upstream,
    last: () => asked(upstream.journal.at(-1) as ReceivedRequest),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

type Client = (url: string, model: string, texts: readonly string[], dimensions?: number) => Promise<number[][]>

const openai = (url: string) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-tg', maxRetries: 0 })

/** Official clients, each asking for vectors as it does by itself. */
export const clients: Readonly<Record<string, Client>> = {
  openai: async (url, model, texts, dimensions) => {
    const { data } = await openai(url).embeddings.create({ model, input: [...texts], dimensions })
    return data.map(({ embedding }) => [...embedding])
  },
  'openai, asking for numbers': async (url, model, texts, dimensions) => {
    const body = { model, input: [...texts], dimensions, encoding_format: 'float' as const }
    const { data } = await openai(url).embeddings.create(body)
    return data.map(({ embedding }) => [...embedding])
  },
  'ai with openai': async (url, model, texts, dimensions) => {
    const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-tg' })
    const options = { model: provider.embedding(model), values: [...texts], maxRetries: 0 }
    const wishes = dimensions === undefined ? {} : { dimensions }
    const { embeddings } = await embedMany({ ...options, providerOptions: { openai: wishes } })
    return embeddings
  },
  'ai with google': async (url, model, texts, dimensions) => {
    const provider = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: 'sk-tg' })
    const google = dimensions === undefined ? {} : { outputDimensionality: dimensions }
    const options = { model: provider.embedding(model), values: [...texts], maxRetries: 0 }
    return (await embedMany({ ...options, providerOptions: { google } })).embeddings
  },
  '@google/genai': async (url, model, texts, dimensions) => {
    const ai = new GoogleGenAI({ apiKey: 'sk-tg', httpOptions: { baseUrl: url } })
    const config = dimensions === undefined ? {} : { outputDimensionality: dimensions }
    const { embeddings = [] } = await ai.models.embedContent({ model, contents: [...texts], config })
    return embeddings.map(({ values = [] }) => values)
  },
}
