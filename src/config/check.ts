import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { shown } from './complaints.ts'
import type { Config } from './config.ts'
import { type DiscoveredProvider, discoverProviders, type Probe } from './discover.ts'
import { entriesOf, itemsOf, leniently } from './entries.ts'
import type { Environment } from './expand.ts'
import { type Complain, complainOf } from './issues.ts'
import { modelSchema } from './model-schema.ts'
import type { Names } from './names.ts'
import { priceSchema } from './price-schema.ts'
import { providerSchema } from './provider-schema.ts'
import { resolveKeys } from './resolve-keys.ts'
import { resolveModels, resolveRetry, resolveTimeouts } from './resolve-models.ts'
import { resolvePrices } from './resolve-prices.ts'
import { resolveProviders } from './resolve-providers.ts'
import { resolveServer } from './resolve-server.ts'
import { configSchema, keySchema, retrySchema, serverSchema, telemetrySchema, timeoutsSchema } from './schema.ts'

/** What is around a configuration while it is checked. */
export interface Surroundings {
  readonly environment: Environment
  /** Asks for an Ollama on this machine; tests give their own. */
  readonly probe?: Probe | undefined
  /** Do HOST and PORT of the environment count? */
  readonly listens: boolean
  readonly complain: Complain
}

/** Checks plain data whole and fills every default in. The result is only of use when nothing was complained of. */
export const checkConfig = async (value: unknown, surroundings: Surroundings): Promise<Omit<Config, 'file'>> => {
  const { environment, probe, complain } = surroundings
  if (value !== undefined && value !== null && !isObject(value)) {
    complain([], `expected a map of sections such as providers and models, got ${shown(value)}`)
  }
  const raw = withoutEmptySections(isObject(value) ? value : {})
  const checked = configSchema.safeParse(raw, { reportInput: true })
  if (!checked.success) complainOf(checked.error.issues, complain)
  const found = raw.discover === false || raw.discover === 'false' ? [] : await discoverProviders(environment, probe)
  return resolve(raw, found, surroundings)
}

/** A section whose lines are all commented out is as good as none; a provider without fields has its defaults. */
const withoutEmptySections = (value: JsonObject): JsonObject => {
  const raw: Record<string, JsonValue | undefined> = {}
  for (const [key, section] of Object.entries(value)) if (section !== null) raw[key] = section
  if (isObject(raw.providers)) {
    raw.providers = Object.fromEntries(
      Object.entries(raw.providers).map(([name, provider]) => [name, provider === null ? {} : provider]),
    )
  }
  return raw
}

const resolve = (
  raw: JsonObject,
  found: readonly DiscoveredProvider[],
  { environment, listens, complain }: Surroundings,
): Omit<Config, 'file'> => {
  const names: Names = {
    providers: new Set([...keysOf(raw.providers), ...found.map(({ name }) => name)]),
    models: new Set(keysOf(raw.models)),
    complain,
  }
  const timeouts = leniently(raw.timeouts ?? {}, timeoutsSchema) ?? timeoutsSchema.parse({})
  const defaults = {
    timeouts: resolveTimeouts(timeouts),
    retry: resolveRetry(leniently(raw.retry ?? {}, retrySchema) ?? {}),
  }
  const server = leniently(raw.server ?? {}, serverSchema) ?? serverSchema.parse({})
  const guarded = Array.isArray(raw.keys) && raw.keys.length > 0
  return {
    server: resolveServer(server, { environment: listens ? environment : {}, guarded, complain }),
    providers: resolveProviders(entriesOf(raw, 'providers', providerSchema), found, { environment, complain }),
    models: resolveModels(entriesOf(raw, 'models', modelSchema), names, defaults),
    keys: resolveKeys(itemsOf(raw, 'keys', keySchema), names),
    prices: resolvePrices(entriesOf(raw, 'prices', priceSchema), names),
    telemetry: leniently(raw.telemetry ?? {}, telemetrySchema) ?? telemetrySchema.parse({}),
    timeouts: { ...defaults.timeouts, connectMs: timeouts.connect },
    retry: defaults.retry,
  }
}

const keysOf = (section: unknown): string[] => (isObject(section) ? Object.keys(section) : [])
