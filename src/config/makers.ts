import type { Attempt } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import type { ModelFacts } from '../core/target.ts'
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
import { createWatsonx, watsonxKind } from '../providers/watsonx.ts'
import type { ProviderConfig } from './config.ts'

/** A provider that is ready to be asked. */
export interface Made {
  readonly provider: Provider
  /** Answers inside the process; absent: it is asked over the network. */
  readonly answer?: Handler<Attempt>
  facts(model: string): ModelFacts | undefined
}

type Maker = (config: ProviderConfig) => Made

const priced = (provider: Provider, priceProvider: string | undefined): Made => ({
  provider,
  facts: (model) => factsOf(priceProvider, model),
})

interface Priced {
  readonly kind: string
  readonly priceProvider: string | undefined
}

/** One maker for all rows of a table. */
const each = (rows: readonly Priced[], create: (config: ProviderConfig) => Provider): [string, Maker][] =>
  rows.map(({ kind, priceProvider }) => [kind, (config) => priced(create(config), priceProvider)])

const addressed = (config: ProviderConfig): ProviderConfig & { readonly baseUrl: string } => {
  const { name, baseUrl } = config
  if (baseUrl === undefined) throw new RangeError(`The provider ${name} has no address.`)
  return { ...config, baseUrl }
}

const vertexOf = (config: ProviderConfig): Provider => {
  if (!config.vertex) throw new RangeError(`The provider ${config.name} has no project.`)
  return createVertex({ ...config, ...config.vertex })
}

const aiSdkOf = ({ name, models, aiSdk: from }: ProviderConfig): Made => {
  if (!from) throw new RangeError(`The provider ${name} has no package.`)
  if ('package' in from) {
    const priceProvider = priceProviderOf(from.package)
    return createAiSdk({ name, models, model: loadModels(from, from.folder), priceProvider })
  }
  const handled = openHandle(from.handle)
  if (!handled) throw new RangeError(`The models of ${name} are those of another program.`)
  return createAiSdk({ name, models, model: handled.model, priceProvider: priceProviderOf(handled.provider) })
}

/** How each kind of provider is made; the last of two lines with the same kind counts. */
const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['simulated', ({ simulation, name, models }) => createSimulated({ ...simulation, name, models })],
  ['ai-sdk', aiSdkOf],
  ...each(compatibleRows, createCompatible),
  ...each(anthropicRows, createAnthropic),
  ...each([geminiRow], createGemini),
  ...each([bedrockRow], (config) => createBedrock(addressed(config))),
  [azureKind, (config) => priced(createAzure({ ...addressed(config), ...config.azure }), 'azure')],
  [watsonxKind, (config) => priced(createWatsonx({ ...config, apiKey: config.apiKey ?? '' }), undefined)],
  ...each(vertexRows, vertexOf),
])

/** A provider as it is configured. Throws RangeError for what the configuration should have refused. */
export const make = (config: ProviderConfig): Made => {
  const maker = makers.get(config.kind)
  if (!maker) throw new RangeError(`No kind of provider is named ${config.kind}.`)
  return maker(config)
}
