import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { cacheSchema } from './cache-schema.ts'
import { type Complaint, type Path, shown } from './complaints.ts'
import type { Config, StoreConfig } from './config.ts'
import { type DiscoveredProvider, discoverProviders, type Probe } from './discover.ts'
import { checkedOnce, entriesOf, leniently } from './entries.ts'
import type { Environment } from './expand.ts'
import { type Complain, complainOf } from './issues.ts'
import { jobQueueSchema, redisField } from './job-queue-schema.ts'
import { jobsSchema } from './jobs-schema.ts'
import { modelSchema } from './model-schema.ts'
import type { Names } from './names.ts'
import { outputSchema } from './output-schema.ts'
import { priceSchema } from './price-schema.ts'
import { providerSchema } from './provider-schema.ts'
import { resolveBodies } from './resolve-bodies.ts'
import { resolveCache, resolveTiers } from './resolve-cache.ts'
import { resolveCallers } from './resolve-callers.ts'
import { resolveCalls } from './resolve-calls.ts'
import { resolveJobQueue } from './resolve-job-queue.ts'
import { resolveJobs } from './resolve-jobs.ts'
import { resolveModels, resolveRetry, resolveTimeouts } from './resolve-models.ts'
import { resolveOutput } from './resolve-output.ts'
import { resolvePrices } from './resolve-prices.ts'
import { resolveProviders } from './resolve-providers.ts'
import { resolveQuality } from './resolve-quality.ts'
import { exposureProblem, resolveServer } from './resolve-server.ts'
import { resolveStore, usualStore } from './resolve-store.ts'
import { resolveTraces } from './resolve-traces.ts'
import { configSchema, retrySchema, serverSchema, telemetrySchema, timeoutsSchema } from './schema.ts'

/** What is around a configuration while it is checked. */
export interface Surroundings {
  readonly environment: Environment
  /** Asks for an Ollama on this machine; tests give their own. */
  readonly probe?: Probe | undefined
  /** Is it for a server, so that HOST, PORT and TOLLGATE_STORE of the environment count, and the store is a file by default? */
  readonly listens: boolean
  /** The file it comes from, and the directory it was looked for in: what it says is relative to them. */
  readonly file?: string | undefined
  readonly directory?: string | undefined
  /** A store that was named by hand. */
  readonly store?: string | undefined
  readonly complain: Complain
  /** A complaint about something that only may be wrong. */
  place(path: Path, problem: string): Complaint
}

/** Checks plain data whole and fills every default in. The result is only of use when nothing was complained of. */
export const checkConfig = async (value: unknown, surroundings: Surroundings): Promise<Omit<Config, 'file'>> => {
  const { environment, probe, complain } = surroundings
  if (value !== undefined && value !== null && !isObject(value)) {
    complain([], `expected a map of sections such as providers and models, got ${shown(value)}`)
  }
  const raw = withoutEmptySections(isObject(value) ? value : {})
  const checked = configSchema.safeParse(raw, { ...checkedOnce, reportInput: true })
  if (!checked.success) complainOf(checked.error.issues, complain)
  const found = raw.discover === false || raw.discover === 'false' ? [] : await discoverProviders(environment, probe)
  return resolve(raw, found, surroundings)
}

/** A section whose lines are all commented out is as good as none; a provider without fields, or a team, has its defaults. */
const withoutEmptySections = (value: JsonObject): JsonObject => {
  const raw: Record<string, JsonValue | undefined> = {}
  for (const [key, section] of Object.entries(value)) if (section !== null) raw[key] = section
  for (const name of ['providers', 'orgs', 'teams', 'users']) {
    const section = raw[name]
    if (isObject(section))
      raw[name] = Object.fromEntries(Object.entries(section).map(([key, entry]) => [key, entry === null ? {} : entry]))
  }
  return raw
}

const resolve = (
  raw: JsonObject,
  found: readonly DiscoveredProvider[],
  surroundings: Surroundings,
): Omit<Config, 'file'> => {
  const { environment, listens, complain } = surroundings
  const names: Names = {
    providers: new Set([...keysOf(raw.providers), ...found.map(({ name }) => name)]),
    models: new Set(keysOf(raw.models)),
    complain,
  }
  const timeouts = leniently(raw.timeouts ?? {}, timeoutsSchema) ?? timeoutsSchema.parse({})
  const cache = leniently(raw.cache ?? {}, cacheSchema) ?? cacheSchema.parse({})
  const defaults = {
    timeouts: resolveTimeouts(timeouts),
    retry: resolveRetry(leniently(raw.retry ?? {}, retrySchema) ?? {}),
    cache: resolveCache(cache.models, { path: ['cache', 'models'], names }),
    output: resolveOutput(leniently(raw.output, outputSchema.optional()), ['output'], names),
  }
  const server = leniently(raw.server ?? {}, serverSchema) ?? serverSchema.parse({})
  const telemetry = leniently(raw.telemetry ?? {}, telemetrySchema) ?? telemetrySchema.parse({})
  const callers = resolveCallers(raw, names)
  const store = storeOf(raw, surroundings)
  const where = listens ? environment : {}
  const listening = resolveServer(server, { environment: where, complain })
  const exposed = exposureProblem(listening.host, where)
  return {
    server: listening,
    exposure:
      callers.keys.length > 0 || exposed === undefined ? undefined : surroundings.place(['server', 'host'], exposed),
    store,
    cache: { ...resolveTiers(cache, { ...surroundings, store }), models: defaults.cache },
    providers: resolveProviders(entriesOf(raw, 'providers', providerSchema), found, { environment, complain }),
    models: resolveModels(entriesOf(raw, 'models', modelSchema), names, defaults),
    ...callers,
    jobs: resolveJobs(leniently(raw.jobs ?? {}, jobsSchema) ?? jobsSchema.parse({})),
    queue: resolveJobQueue(
      {
        queue: leniently(raw.queue, jobQueueSchema.optional()),
        redis: leniently(raw.redis, redisField.optional()),
      },
      surroundings,
    ),
    prices: resolvePrices(entriesOf(raw, 'prices', priceSchema), names),
    telemetry: {
      ...telemetry,
      calls: resolveCalls(telemetry.calls, { ...surroundings, store }),
      storeBodies: resolveBodies(telemetry.storeBodies, names, telemetry.calls !== false),
      traces: resolveTraces(telemetry.traces, complain),
      quality: resolveQuality(telemetry.quality, callers.webhooks, complain),
    },
    timeouts: { ...defaults.timeouts, connectMs: timeouts.connect },
    retry: defaults.retry,
    output: defaults.output,
  }
}

const storeOf = (
  raw: JsonObject,
  { environment, listens, complain, file, directory, store }: Surroundings,
): StoreConfig =>
  resolveStore({
    option: store,
    variable: listens ? environment.TOLLGATE_STORE : undefined,
    written: typeof raw.store === 'string' && raw.store !== '' ? raw.store : undefined,
    file,
    directory,
    usual: listens ? usualStore : 'memory',
    complain,
  })

const keysOf = (section: unknown): string[] => (isObject(section) ? Object.keys(section) : [])
