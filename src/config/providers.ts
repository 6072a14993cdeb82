import type { Attempt } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import type { QueueLimits } from '../core/queue-limits.ts'
import type { ModelFacts, Quirks, Target } from '../core/target.ts'
import type { Provider } from '../providers/provider.ts'
import type { Config } from './config.ts'
import { make } from './makers.ts'
import { factsWithPrice } from './price-now.ts'

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
      const queue = config.providers.get(provider)?.queue
      return new LazyTarget({ provider, model, weight, quirks: quirks.get(provider) ?? {}, queue }, (at) =>
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
  readonly queue: QueueLimits | undefined
  readonly #find: (at: number) => ModelFacts | undefined
  #facts: ModelFacts | undefined
  /** Unix milliseconds between which the facts hold. */
  #from = Number.POSITIVE_INFINITY
  #until = 0

  constructor(
    target: Pick<Target, 'provider' | 'model' | 'weight' | 'quirks' | 'queue'>,
    find: (at: number) => ModelFacts | undefined,
  ) {
    this.id = `${target.provider}/${target.model}`
    this.provider = target.provider
    this.model = target.model
    this.weight = target.weight
    this.quirks = target.quirks
    this.queue = target.queue
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
