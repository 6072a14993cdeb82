import type * as z from 'zod'
import { baseUrlProblem, isSendable } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { ProviderConfig, SimulationConfig } from './config.ts'
import type { DiscoveredProvider } from './discover.ts'
import type { Entry } from './entries.ts'
import type { Environment } from './expand.ts'
import { headersFrom } from './headers.ts'
import type { Complain } from './issues.ts'
import { type Kind, kindNames, kinds } from './kinds.ts'
import { ownFieldNames } from './own-fields.ts'
import { type providerSchema, simulationFields } from './provider-schema.ts'
import { addressOf } from './resolve-address.ts'
import { aiSdkOf } from './resolve-ai-sdk.ts'
import { apiKeysOf } from './resolve-api-keys.ts'
import { awsOf } from './resolve-aws.ts'
import { azureOf } from './resolve-azure.ts'
import { vertexOf } from './resolve-vertex.ts'
import { hint } from './suggest.ts'

type Written = z.output<typeof providerSchema>

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

/** Configured providers, then those found beside them; a configured name wins. */
export const resolveProviders = (
  entries: readonly Entry<Written>[],
  found: readonly DiscoveredProvider[],
  surroundings: Surroundings,
): Map<string, ProviderConfig> => {
  const providers = new Map<string, ProviderConfig>()
  for (const entry of entries) {
    const provider = configured(entry, surroundings)
    if (provider) providers.set(entry.name, provider)
  }
  const written = new Set(entries.map(({ name }) => name))
  for (const provider of found) if (!written.has(provider.name)) providers.set(provider.name, discovered(provider))
  return providers
}

const discovered = (found: DiscoveredProvider): ProviderConfig => ({
  name: found.name,
  kind: found.kind,
  apiKey: found.apiKey,
  apiKeys: [],
  clientKeys: false,
  baseUrl: found.baseUrl,
  headers: {},
  models: found.models ?? [],
  quirks: {},
  simulation: kinds.get(found.kind)?.simulated ? {} : undefined,
  foundBy: found.foundBy,
})

const configured = (entry: Entry<Written>, surroundings: Surroundings): ProviderConfig | undefined => {
  const { name, path, value } = entry
  const { complain } = surroundings
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
    complain(path, 'expected a name of letters, digits, ".", "-" and "_", at most 64', 'key')
  }
  const kind = kinds.get(value.kind ?? name)
  if (!kind) {
    complain([...path, 'kind'], `is missing, and ${JSON.stringify(name)} is no kind${hint(name, kindNames)}`)
    return undefined
  }
  complainOfForeignFields(entry, kind, complain)
  if (kind.simulated) {
    const { p50 = 0, p99 = 0 } = value.latencyMs ?? {}
    if (p99 < p50) complain([...path, 'latencyMs', 'p99'], 'must not be less than p50')
    return simulated(entry, kind)
  }
  if (kind.isPackage) return { ...simulated(entry, kind), simulation: undefined, aiSdk: aiSdkOf(value, path, complain) }
  const aws = awsOf(value, kind, path, surroundings)
  const azure = azureOf(value, kind, path, surroundings)
  return {
    name,
    kind: kind.name,
    ...(aws || azure?.entra ? { apiKey: undefined, apiKeys: [], aws } : keysOf(entry, kind, surroundings)),
    azure,
    vertex: vertexOf(value, kind, path, surroundings),
    tokenUrl: tokenUrlOf(entry, kind, complain),
    clientKeys: value.clientKeys ?? false,
    propagate: value.propagate,
    baseUrl: addressOf(value, kind, path, surroundings),
    headers: headersFrom(value.headers, [...path, 'headers'], complain),
    models: value.models ?? [],
    queue: value.queue || undefined,
    quirks: value.quirks,
    simulation: undefined,
    foundBy: undefined,
  }
}

const upstreamFields = ['apiKey', 'apiKeys', 'clientKeys', 'propagate', 'baseUrl', 'headers', 'quirks'] as const
const simulatedFields = Object.keys(simulationFields) as (keyof typeof simulationFields)[]

const isGiven = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0)

/** A field that this kind would silently ignore is a mistake. */
const complainOfForeignFields = ({ path, value }: Entry<Written>, kind: Kind, complain: Complain): void => {
  const inside = kind.simulated || kind.isPackage
  const foreign = [...(inside ? upstreamFields : []), ...(kind.simulated ? [] : simulatedFields)]
  for (const field of foreign) {
    if (!isGiven(value[field])) continue
    const isCalled = upstreamFields.some((each) => each === field)
    const whose = isCalled ? 'only for providers that are called' : 'only for simulated providers'
    complain([...path, field], `is ${whose}; this one is of kind ${kind.name}`, 'key')
  }
  for (const field of ownFieldNames) {
    if (!isGiven(value[field]) || kind.own.includes(field)) continue
    complain([...path, field], `is nothing that a provider of kind ${kind.name} has`, 'key')
  }
}

/** Who gives tokens for a key that must be exchanged: one key, as each would need its own. */
const tokenUrlOf = ({ path, value }: Entry<Written>, kind: Kind, complain: Complain): string | undefined => {
  if (kind.signs !== 'ibm') return undefined
  for (const field of ['apiKeys', 'clientKeys'] as const)
    if (value[field]) complain([...path, field], `is nothing that a provider of kind ${kind.name} has`, 'key')
  const problem = value.tokenUrl === undefined ? undefined : baseUrlProblem(value.tokenUrl)
  if (problem !== undefined) complain([...path, 'tokenUrl'], problem)
  return value.tokenUrl
}

const simulated = ({ name, value }: Entry<Written>, kind: Kind): ProviderConfig => ({
  name,
  kind: kind.name,
  apiKey: undefined,
  apiKeys: [],
  clientKeys: false,
  baseUrl: undefined,
  headers: {},
  models: value.models ?? [],
  queue: value.queue || undefined,
  quirks: {},
  simulation: simulationOf(value),
  foundBy: undefined,
})

const simulationOf = ({ retryAfter, ...value }: Written): SimulationConfig => ({
  latencyMs: value.latencyMs,
  tokensPerSecond: value.tokensPerSecond,
  errorRate: value.errorRate,
  rateLimitRate: value.rateLimitRate,
  retryAfterMs: retryAfter,
  cutRate: value.cutRate,
  stallRate: value.stallRate,
  faultyJsonRate: value.faultyJsonRate,
  seed: value.seed,
  failing: value.failing,
})

type Keys = Pick<ProviderConfig, 'apiKey' | 'apiKeys'>

const keysOf = (entry: Entry<Written>, kind: Kind, surroundings: Surroundings): Keys => {
  const { apiKey, apiKeys } = entry.value
  if (apiKeys === undefined) return { apiKey: apiKeyOf(entry, kind, surroundings), apiKeys: [] }
  return apiKeysOf({ apiKey, apiKeys }, entry.path, surroundings.complain)
}

/** True where what is missing was complained of already. */
const isSigned = ({ accessKeyId, secretAccessKey }: Written): boolean =>
  accessKeyId !== undefined || secretAccessKey !== undefined

/** The written key, or the usual variable's; never the latter when calls go to an address of the reader's choice. */
const apiKeyOf = ({ path, value }: Entry<Written>, kind: Kind, surroundings: Surroundings): string | undefined => {
  const { environment, complain } = surroundings
  const at: Path = [...path, 'apiKey']
  const variable = kind.environmentKeys.find((name) => environment[name])
  const usual = value.baseUrl === undefined && variable !== undefined ? environment[variable] : undefined
  const apiKey = value.apiKey ?? usual
  if (apiKey === undefined) {
    if (!kind.needsKey || value.baseUrl !== undefined || value.clientKeys || isSigned(value)) return undefined
    complain(at, `is missing; write it, or set ${kind.environmentKeys.join(' or ')}`)
  } else if (!isSendable(apiKey)) {
    const which = value.apiKey === undefined ? `the environment variable ${variable} ` : ''
    complain(at, `${which}must be printable ASCII without spaces`)
  }
  return apiKey
}
