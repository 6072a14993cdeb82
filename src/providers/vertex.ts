import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { gemini } from '../wire/gemini/index.ts'
import { createCompatible } from './compatible.ts'
import { identityOf } from './identity.ts'
import type { Provider } from './provider.ts'
import { createGoogleTokens, type ServiceAccount } from './sign/gcp.ts'
import { vertexRows } from './vertex-rows.ts'

export { vertexRows } from './vertex-rows.ts'

/** Whose models are called, where, and by whom. */
export interface VertexAccess {
  readonly project: string
  /** A region, `us`, `eu`, or `global`. */
  readonly location: string
  readonly account: ServiceAccount
}

export interface VertexOptions extends VertexAccess {
  readonly name: string
  /** A kind of `vertexRows`. */
  readonly kind: string
  /** Default: the host of the location. */
  readonly baseUrl?: string | undefined
  /** Added to every request; they win over those that prove who calls. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Where none is given: those of the row. */
  readonly models?: readonly string[] | undefined
}

/** The host of a location, without a slash at its end. */
export const vertexHost = (location: string): string => {
  if (location === 'global') return 'https://aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

type Language = Pick<Provider, 'wire' | 'wireFor' | 'url'>

/** How each kind is spoken to, from the path of its project and location on. */
const languages: Readonly<Record<string, (place: string, options: VertexOptions) => Language>> = {
  // Tokens are counted in other words there than in the Gemini API, so the gateway counts.
  vertex: (place) => ({
    wire: gemini,
    url: (model, operation, stream) => {
      if (operation !== 'chat') return undefined
      const verb = stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
      return `${place}/publishers/google/models/${encodeURIComponent(model)}:${verb}`
    },
  }),
  'vertex-anthropic': (place) => ({
    wire: anthropicMessages,
    url: (model, operation, stream) => {
      const at = `${place}/publishers/anthropic/models`
      if (operation === 'count_tokens') return `${at}/count-tokens:rawPredict`
      if (operation !== 'chat') return undefined
      return `${at}/${encodeURIComponent(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`
    },
  }),
  'vertex-openai': (place, { name }) => {
    const { wire, wireFor, url } = createCompatible({
      name,
      kind: 'openai-compatible',
      baseUrl: `${place}/endpoints/openapi`,
    })
    return {
      wire,
      wireFor,
      url: (model, operation, stream, named) =>
        operation === 'chat' ? url(model, operation, stream, named) : undefined,
    }
  },
}

/** Models on Google's Vertex AI. Throws RangeError for a kind that is no row, and for a private key that is none. */
export const createVertex = (options: VertexOptions): Provider => {
  const row = vertexRows.find(({ kind }) => kind === options.kind)
  const language = languages[options.kind]
  if (!row || !language) throw new RangeError(`No kind of provider is named ${options.kind}.`)
  const host = (options.baseUrl ?? vertexHost(options.location)).replace(/\/+$/, '')
  const place = `${host}/v1/projects/${options.project}/locations/${options.location}`
  const tokens = createGoogleTokens(options.account)
  const { headers: added, secrets } = identityOf({}, options.headers)
  const shown = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}`, ...added })
  return {
    name: options.name,
    ...language(place, options),
    quirks: row.quirks,
    headers: () => {
      const token = tokens()
      return token instanceof Promise ? token.then(shown) : shown(token)
    },
    secrets: [options.account.privateKey, ...secrets],
    models: options.models?.length ? options.models : row.models,
  }
}
