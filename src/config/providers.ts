import type { Attempt } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import type { ModelFacts, Quirks, Target } from '../core/target.ts'
import { openHandle } from '../providers/ai-sdk/handles.ts'
import { createAiSdk } from '../providers/ai-sdk/index.ts'
import { loadModels } from '../providers/ai-sdk/load.ts'
import { priceProviderOf } from '../providers/ai-sdk/prices.ts'
import { anthropicRows, createAnthropic } from '../providers/anthropic.ts'
import { azureKind, createAzure } from '../providers/azure.ts'
import { bedrockRow, createBedrock } from '../providers/bedrock.ts'
import { compatibleRows, createCompatible } from '../providers/compatible.ts'
import { createGemini, geminiRow } from '../providers/gemini.ts'
import { factsOf } from '../providers/models.ts'
import type { Provider } from '../providers/provider.ts'
import { createSimulated } from '../providers/simulated.ts'
import { createVertex, vertexRows } from '../providers/vertex.ts'
import type { Config, ProviderConfig } from './config.ts'
import { factsWithPrice } from './price-now.ts'
import type { AiSdkConfig } from './resolve-ai-sdk.ts'

/** The providers of a configuration, ready to be asked. */
export interface ProviderSet {
  /** Those that are reached over the network. */
  readonly senders: ReadonlyMap<string, Provider>
  /** Those that answer inside the process. */
  readonly answerers: ReadonlyMap<string, Handler<Attempt>>
  /** The models each is known to serve. */
  readonly listed: ReadonlyMap<string, readonly string[]>
  target(provider: string, model: string, weight: number): Target
}

interface Made {
  readonly provider: Provider
  readonly answer?: Handler<Attempt>
  facts(model: string): ModelFacts | undefined
}

const make = (config: ProviderConfig): Made => {
  const { name, kind, apiKey, apiKeys, baseUrl, headers, models } = config
  if (kind === 'simulated') return createSimulated({ ...config.simulation, name, models })
  const options = { name, kind, apiKey, apiKeys, baseUrl, headers, models }
  if (kind === bedrockRow.kind) {
    if (baseUrl === undefined) throw new RangeError(`The provider ${name} has no address.`)
    return {
      provider: createBedrock({ ...options, baseUrl, aws: config.aws }),
      facts: (model) => factsOf(bedrockRow.priceProvider, model),
    }
  }
  if (kind === geminiRow.kind)
    return { provider: createGemini(options), facts: (model) => factsOf(geminiRow.priceProvider, model) }
  const special = makeSpecial(config)
  if (special) return special
  const own = anthropicRows.find((each) => each.kind === kind)
  const row = own ?? compatibleRows.find((each) => each.kind === kind)
  return {
    provider: own ? createAnthropic(options) : createCompatible(options),
    facts: (model) => factsOf(row?.priceProvider, model),
  }
}

const makeAiSdk = (from: AiSdkConfig, { name, models }: Pick<ProviderConfig, 'name' | 'models'>): Made => {
  if ('package' in from) {
    return createAiSdk({
      name,
      models,
      model: loadModels(from, from.folder),
      priceProvider: priceProviderOf(from.package),
    })
  }
  const handled = openHandle(from.handle)
  if (!handled) throw new RangeError(`The models of ${name} are those of another program.`)
  return createAiSdk({ name, models, model: handled.model, priceProvider: priceProviderOf(handled.provider) })
}

/** Those whose identity is more than a key. */
const makeSpecial = ({ azure, vertex, ...config }: ProviderConfig): Made | undefined => {
  const { kind, baseUrl, aiSdk } = config
  if (aiSdk) return makeAiSdk(aiSdk, config)
  if (kind === azureKind && baseUrl !== undefined) {
    return {
      provider: createAzure({ ...config, ...azure, baseUrl }),
      facts: (model) => factsOf('azure', model),
    }
  }
  const row = vertexRows.find((each) => each.kind === kind)
  if (!vertex || !row) return undefined
  return { provider: createVertex({ ...config, ...vertex }), facts: (model) => factsOf(row.priceProvider, model) }
}

/** Makes every configured and found provider. */
export const providersOf = (config: Config): ProviderSet => {
  const made = new Map([...config.providers.values()].map((each) => [each.name, make(each)]))
  const quirks = new Map<string, Quirks>()
  for (const [name, { provider }] of made)
    quirks.set(name, { ...provider.quirks, ...config.providers.get(name)?.quirks })
  const senders = new Map<string, Provider>()
  const answerers = new Map<string, Handler<Attempt>>()
  for (const [name, { provider, answer }] of made) {
    if (answer) answerers.set(name, answer)
    else senders.set(name, provider)
  }
  return {
    senders,
    answerers,
    listed: new Map([...made].map(([name, { provider }]) => [name, provider.models])),
    target: (provider, model, weight) => {
      const found = made.get(provider)
      return new LazyTarget({ provider, model, weight, quirks: quirks.get(provider) ?? {} }, (at) =>
        factsWithPrice(found?.facts(model), config.prices, { provider, model, at }),
      )
    },
  }
}

/** A target that looks its facts up when somebody asks, for most listed models are never called, and again when they are due. */
class LazyTarget implements Target {
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly weight: number
  readonly quirks: Quirks
  readonly #find: (at: number) => ModelFacts | undefined
  #facts: ModelFacts | undefined
  /** Unix milliseconds between which the facts hold. */
  #from = Number.POSITIVE_INFINITY
  #until = 0

  constructor(
    target: Pick<Target, 'provider' | 'model' | 'weight' | 'quirks'>,
    find: (at: number) => ModelFacts | undefined,
  ) {
    this.id = `${target.provider}/${target.model}`
    this.provider = target.provider
    this.model = target.model
    this.weight = target.weight
    this.quirks = target.quirks
    this.#find = find
  }

  get facts(): ModelFacts | undefined {
    const now = Date.now()
    if (now >= this.#until || now < this.#from) {
      this.#facts = this.#find(now)
      this.#from = now
      this.#until = this.#facts?.validUntil ?? Number.POSITIVE_INFINITY
    }
    return this.#facts
  }
}
