import type { LanguageModelV4, ProviderV4 } from '@ai-sdk/provider'
import { modelsOf } from './load.ts'

/** Models that a program brings itself, in the place of a provider in its configuration. */
export interface AiSdkHandle {
  readonly kind: 'ai-sdk'
  /** Stands for the models, as a configuration is plain data. */
  readonly handle: string
  readonly models?: string[]
}

/** What a handle stands for. */
export interface Handled {
  model(name: string): LanguageModelV4
  /** The id of the provider, as its package gives it; undefined where that depends on the model. */
  readonly provider: string | undefined
}

const handled = new Map<string, Handled>()

/** What a handle stands for; undefined: it was made in another process, or not at all. */
export const openHandle = (handle: string): Handled | undefined => handled.get(handle)

const isModel = (given: LanguageModelV4 | ProviderV4): given is LanguageModelV4 => 'doGenerate' in given

/**
 * A model or a provider of the AI SDK as a provider of the gateway, to stand under `providers` of the configuration that
 * `createGateway` takes: `{ providers: { mine: fromAiSdk(model) } }`. A single model answers to whatever name it is called
 * by, and is listed under its own. It is kept as long as the program runs.
 */
export const fromAiSdk = (given: LanguageModelV4 | ProviderV4): AiSdkHandle => {
  const handle = `ai-sdk-${handled.size + 1}`
  if (isModel(given)) {
    handled.set(handle, { model: modelsOf(() => given), provider: given.provider })
    return { kind: 'ai-sdk', handle, models: [given.modelId] }
  }
  handled.set(handle, { model: modelsOf(given), provider: undefined })
  return { kind: 'ai-sdk', handle }
}
