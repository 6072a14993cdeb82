import type { Attempt } from '../core/call.ts'
import type { Handler } from '../core/handler.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import { createTextMask } from '../core/mask-text.ts'
import { createRedactor } from '../core/redact.ts'
import type { Target } from '../core/target.ts'
import type { Plan } from '../routing/plan.ts'
import type { PolicyName } from '../routing/policies.ts'
import type { Policy } from '../routing/policy.ts'
import type { KeyRests } from '../transport/key-rests.ts'
import type { Pools } from '../transport/pool.ts'
import { createSend } from '../transport/send.ts'
import type { Config } from './config.ts'
import { planOf } from './plan.ts'
import { type ProviderSet, providersOf } from './providers.ts'

/** What calls read of a configuration: made whole beside the one in force, then put in its place by one assignment. */
export interface Snapshot {
  readonly config: Config
  readonly providers: ProviderSet
  readonly plan: Plan
  /** Answers an attempt at one of its own targets. */
  readonly transmit: Handler<Attempt>
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
  readonly redact: (text: string) => string
  /** Masks secrets in texts of any length, and leaves the rest as it is. */
  readonly mask: (text: string) => string
}

/** What outlives every snapshot. */
export interface Carried {
  readonly pools: Pools
  /** Keys of providers that are left alone for a while. */
  readonly rests: KeyRests
  readonly policies: Readonly<Record<PolicyName, Policy>>
  /** Who answers for a target: an attempt goes where its own snapshot said, though another one is in force by then. */
  readonly homes: WeakMap<Target, Handler<Attempt>>
}

/** Makes everything that a configuration says of calls. Throws where a part of it cannot be made; nothing is changed then. */
export const snapshotOf = (config: Config, { pools, rests, policies, homes }: Carried): Snapshot => {
  const made = providersOf(config)
  const send = createSend(made.senders, pools, rests)
  const transmit: Handler<Attempt> = (attempt) =>
    (made.answerers.get(attempt.target.provider) ?? send)(attempt.trace ? traced(attempt, config) : attempt)
  const providers: ProviderSet = {
    ...made,
    target: (provider, model, weight) => {
      const target = made.target(provider, model, weight)
      homes.set(target, transmit)
      return target
    },
  }
  const secrets = secretsOf(config, providers)
  return {
    config,
    providers,
    plan: planOf(config, providers, policies),
    transmit,
    clientKeys: new Set([...config.providers.values()].filter((each) => each.clientKeys).map(({ name }) => name)),
    redact: createRedactor(secrets),
    mask: createTextMask(secrets),
  }
}

/** A provider hears of the caller's trace only where the configuration says so. */
const traced = (attempt: Attempt, { providers, telemetry }: Config): Attempt => {
  const isPassed = providers.get(attempt.target.provider)?.propagate ?? telemetry.propagate
  return isPassed ? { ...attempt, passedTrace: attempt.trace } : attempt
}

const secretsOf = (config: Config, providers: ProviderSet): string[] => [
  ...Object.values(config.telemetry.traces?.collector?.headers ?? {}),
  ...config.keys.map(({ key }) => key),
  ...Object.values({ ...config.server.admin, listen: undefined }).filter((token) => token !== undefined),
  ...[...config.webhooks.values()].flatMap(({ url, secrets }) => [url, ...secrets]),
  ...config.allowances.flatMap(({ webhook }) => (webhook !== undefined && URL.canParse(webhook) ? [webhook] : [])),
  ...[...providers.senders.values()].flatMap(({ secrets }) => secrets),
  ...[...config.providers.values()].flatMap(({ aiSdk }) =>
    aiSdk && 'package' in aiSdk ? secretsIn(aiSdk.options) : [],
  ),
]

const namesSecret = /key|token|secret|password|auth|credential/i

/** What a package of the AI SDK is called with, as far as its name says that it is secret. */
const secretsIn = (options: JsonObject): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    if (isObject(value)) return secretsIn(value)
    return typeof value === 'string' && namesSecret.test(name) ? [value] : []
  })
