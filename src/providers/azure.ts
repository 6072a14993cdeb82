import type { Target } from '../core/target.ts'
import type { Wire } from '../wire/wire.ts'
import { createCompatible } from './compatible.ts'
import { identityOf, identityWith } from './identity.ts'
import type { Provider } from './provider.ts'
import { identitiesOf, type KeySource } from './several-keys.ts'
import { createEntra, type EntraOptions } from './sign/entra.ts'

export interface AzureOptions extends KeySource {
  readonly name: string
  /** The resource: `https://name.openai.azure.com`, or `https://name.services.ai.azure.com`. */
  readonly baseUrl: string
  /** A dated version, for the paths of deployments. Default: the surface `v1`, which needs none. */
  readonly apiVersion?: string | undefined
  /** Names of deployments by model, where they differ. */
  readonly deployments?: Readonly<Record<string, string>> | undefined
  /** In place of a key. */
  readonly entra?: EntraOptions | undefined
  /** Models that are deployed, for `GET /v1/models`. Default: those of `deployments`. */
  readonly models?: readonly string[] | undefined
}

/** The kind of its row among `compatibleRows`. */
export const azureKind = 'azure-openai'

const proof = (key: string | undefined): Record<string, string> => (key === undefined ? {} : { 'api-key': key })

/** OpenAI's models as Azure deploys them: the same languages at other paths, with proofs of their own. */
export const createAzure = (options: AzureOptions): Provider => {
  const { name, deployments = {} } = options
  const endpoint = options.baseUrl.replace(/\/+$/, '').replace(/\/openai(\/v1)?$/, '')
  const models = options.models?.length ? options.models : Object.keys(deployments)
  const openai = createCompatible({ kind: azureKind, name, baseUrl: `${endpoint}/openai/v1`, models })
  const deployed = (model: string): string => deployments[model] ?? model
  const wires = Object.keys(deployments).length > 0 ? renaming(deployed) : (wire: Wire) => wire
  return {
    ...openai,
    wire: wires(openai.wire),
    wireFor: (request) => wires(openai.wireFor?.(request) ?? openai.wire),
    url: (model, operation, stream, wire) => {
      const url = openai.url(model, operation, stream, wire)
      return url === undefined ? undefined : versioned(url, deployed(model), { endpoint, version: options.apiVersion })
    },
    nameOf: deployed,
    ...identity(options),
    models,
  }
}

/** Operations that name no deployment in their path. */
const withoutDeployment = /^\/responses\b/

/** The same place on the surface that is wanted. */
const versioned = (
  url: string,
  deployment: string,
  { endpoint, version }: { readonly endpoint: string; readonly version: string | undefined },
): string => {
  if (version === undefined) return url
  const path = url.slice(`${endpoint}/openai/v1`.length)
  // `v1` and `preview` are words of the surface without dates.
  if (!/^\d/.test(version)) return `${url}?api-version=${version}`
  const at = withoutDeployment.test(path) ? '' : `/deployments/${encodeURIComponent(deployment)}`
  return `${endpoint}/openai${at}${path}?api-version=${version}`
}

type Identity = Pick<Provider, 'headers' | 'headersWith' | 'keys' | 'secrets'>

const identity = (options: AzureOptions): Identity => {
  const { entra } = options
  if (entra === undefined) {
    const { headers, keys, secrets } = identitiesOf(options, proof)
    return { headers: () => headers, headersWith: (key) => identityWith(proof(key), options.headers), keys, secrets }
  }
  const tokens = createEntra(entra)
  const { headers: added, secrets } = identityOf({}, options.headers)
  const shown = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}`, ...added })
  return {
    headers: () => {
      const token = tokens()
      return token instanceof Promise ? token.then(shown) : shown(token)
    },
    headersWith: (key) => identityWith(proof(key), options.headers),
    keys: undefined,
    secrets: [entra.clientSecret, ...secrets],
  }
}

/** Languages in which a model goes by the name of its deployment; one for each, as they are told apart by identity. */
const renaming = (deployed: (model: string) => string): ((wire: Wire) => Wire) => {
  const known = new Map<Wire, Wire>()
  return (wire) => {
    const made = known.get(wire) ?? {
      ...wire,
      writeRequest: (request, target) => wire.writeRequest(request, renamed(target, deployed(target.model))),
    }
    known.set(wire, made)
    return made
  }
}

const renamed = (target: Target, model: string): Target =>
  // Facts are looked up when they are asked for, so they are no field that a copy would have.
  model === target.model ? target : { ...target, facts: target.facts, model }
