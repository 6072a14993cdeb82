import type * as z from 'zod'
import { callerDoors } from '../core/doors.ts'
import { keyCaches } from '../core/key-cache.ts'
import { priorities } from '../core/priority.ts'
import { adminSchema } from './admin-schema.ts'
import { allowanceFields, scopedBudgetSchema, scopedLimitsSchema } from './allowance-schema.ts'
import { bodiesSchema } from './bodies-schema.ts'
import { cacheSchema } from './cache-schema.ts'
import { callsSchema } from './calls-schema.ts'
import { choice, duration, flag, list, moment, name, named, number, section, size, text, whole } from './fields.ts'
import { jobQueueSchema, redisField } from './job-queue-schema.ts'
import { jobsSchema } from './jobs-schema.ts'
import { modelSchema } from './model-schema.ts'
import { outputSchema } from './output-schema.ts'
import { orgSchema, teamSchema, userSchema } from './people-schema.ts'
import { priceSchema } from './price-schema.ts'
import { providerSchema } from './provider-schema.ts'
import { qualitySchema } from './quality-schema.ts'
import { retryFields, timeoutFields } from './route-schema.ts'
import { tracesSchema } from './traces-schema.ts'
import { webhooksSchema } from './webhook-schema.ts'

const drain = section(
  {
    notReady: duration(
      {
        description:
          'How long the server goes on taking calls after it was asked to stop, while `/readyz` already says no, so that a load balancer notices first.',
        examples: ['5s'],
      },
      { least: 0, most: 600_000 },
    ).prefault('5s'),
    streams: duration(
      { description: 'How long calls under way may then take to end before they are cut.', examples: ['120s'] },
      { least: 0, most: 86_400_000 },
    ).prefault('120s'),
  },
  { description: 'How the server stops.' },
)

export const serverSchema = section(
  {
    host: text(
      {
        description:
          'The address to listen on. Other machines reach the gateway only when this is not a loopback address; then `keys` are required. The environment variable `HOST` overrides it.',
        examples: ['127.0.0.1', '0.0.0.0'],
      },
      'address',
    ).prefault('127.0.0.1'),
    port: whole(
      { least: 0, most: 65_535 },
      {
        description: 'The port to listen on; 0 takes a free one. The environment variable `PORT` overrides it.',
        examples: [4000],
      },
    ).prefault(4000),
    maxBodyBytes: size(
      { least: 1024, most: 1024 ** 3 },
      { description: 'The largest request body that is read; a larger one is refused with 413.', examples: ['32MiB'] },
    ).prefault('32MiB'),
    maxFileBytes: size(
      { least: 1024, most: 8 * 1024 ** 3 },
      {
        description:
          'The largest file that is taken, uploaded to `/v1/files` or as the form of a job; such bodies go to disk as they come.',
        examples: ['256MiB'],
      },
    ).prefault('256MiB'),
    capacity: whole(
      { least: 1, most: 1_000_000 },
      {
        description:
          'How many calls may be under way at once. Near it connections end with their answers (80 %), calls of low priority (90 %) and retries (94 %) are turned away, and at last all (98 %), with 503 `overloaded`.',
        examples: [4096],
      },
    ).prefault(4096),
    maxMemoryBytes: size(
      { least: 64 * 1024 ** 2, most: 1024 ** 5 },
      {
        description:
          'What the process may take of the machine’s memory (its resident set), as a container has it; near it calls are turned away as near `capacity`. Default: only its heap has a limit.',
        examples: ['1GiB'],
      },
    ).optional(),
    headersTimeout: duration({
      description: 'How long a client may take to send the headers of a request.',
      examples: ['10s'],
    }).prefault('10s'),
    requestTimeout: duration({
      description: 'How long a client may take to send a whole request.',
      examples: ['60s'],
    }).prefault('60s'),
    keepAlive: duration({
      description: 'How long an idle connection is kept for the next request.',
      examples: ['65s'],
    }).prefault('65s'),
    drain: drain.prefault({}),
    admin: adminSchema.prefault({}),
  },
  { description: 'Where the gateway listens, and how patient it is with its clients.' },
)

export const keySchema = section(
  {
    name: name({ description: 'What the key is called in logs, metrics and bills.', examples: ['web'] }),
    key: text({
      description:
        'The secret itself, at least 8 characters, as clients send it: `Authorization: Bearer …` or `x-api-key`.',
      examples: [`\${WEB_KEY}`],
    }),
    org: name({
      description: 'The org that its calls are counted for. Default: the one of its team.',
      examples: ['acme'],
    }).optional(),
    team: name({
      description: 'The team that its calls are counted for. Default: the one of its user.',
      examples: ['shop'],
    }).optional(),
    user: name({ description: 'The user that its calls are counted for.', examples: ['ada'] }).optional(),
    models: list(text({ description: 'A public name, or `provider/model`.' }, 'model'), {
      description: 'The models it may use, fallbacks included. Absent: all.',
      examples: [['chat']],
    }).optional(),
    doors: list(choice(callerDoors, { description: 'The path of a door.' }), {
      description: 'The doors it may use. Absent: all.',
      examples: [['/v1/chat/completions']],
    }).optional(),
    priority: choice(priorities, {
      description:
        'Before whom its calls come where they wait for a target; `x-tollgate-priority` may lower it for a call, not raise it. Default: `normal`.',
      examples: ['low'],
    }).optional(),
    weight: number(
      { least: 0.01, most: 1_000 },
      { description: 'Its share against other keys of the same priority that wait. Default: 1.', examples: [2] },
    ).optional(),
    cache: choice(keyCaches, {
      description:
        'How far it goes with answers from memory: `off`, it is given none and none of its are kept; `exact`, to equal questions only; `semantic`, to similar ones as well, where its model has it so. Callers may ask for less. Default: as far as the model goes.',
      examples: ['off'],
    }).optional(),
    expires: moment({
      description: 'From when on it is refused; a date alone is its beginning in UTC. Absent: never.',
      examples: ['2027-01-31'],
    }).optional(),
    ...allowanceFields,
  },
  { description: 'A virtual key: what a client shows instead of a key of a provider.' },
)

export const telemetrySchema = section(
  {
    log: choice(['silent', 'error', 'warn', 'info', 'debug'], {
      description: 'The least severe lines that are logged.',
      examples: ['info'],
    }).prefault('info'),
    metrics: flag({ description: 'Whether `/metrics` is served.', examples: [true] }).prefault(true),
    calls: callsSchema.optional(),
    storeBodies: bodiesSchema.optional(),
    traces: tracesSchema.optional(),
    quality: qualitySchema.prefault({}),
    propagate: flag({
      description:
        'Whether providers are told of the trace of a caller (`traceparent`, `tracestate`), unless a provider says otherwise.',
      examples: [true],
    }).prefault(false),
  },
  { description: 'What the gateway tells about itself.' },
)

export const timeoutsSchema = section(timeoutFields.withDefaults, {
  description: 'The clocks of every call, unless a model has its own.',
})

export const retrySchema = section(retryFields.withDefaults, {
  description: 'How often a call is tried, unless a model has its own numbers.',
})

/** The whole configuration as a file or a program writes it; descriptions here make the reference page. */
export const configSchema = section(
  {
    $schema: text(
      { description: 'Where an editor finds the JSON Schema of this file. Not read.' },
      'address',
    ).optional(),
    server: serverSchema.prefault({}),
    store: text(
      {
        description:
          'Where money, limits and what administrators make are kept: `sqlite:` with a path, relative to this file, or `memory` for as long as the process lives. The environment variable `TOLLGATE_STORE` and `--store` override it. Default for a server: `sqlite:./tollgate.db` in the working directory; in the library: `memory`.',
        examples: ['sqlite:./tollgate.db', 'memory'],
      },
      'store',
    ).optional(),
    cache: cacheSchema.prefault({}),
    discover: flag({
      description:
        'Whether providers are also found by themselves: those whose usual key is in the environment, Ollama when it listens on this machine, and the simulated provider as `sim`. A provider configured under the same name wins.',
      examples: [false],
    }).prefault(true),
    providers: named(providerSchema, { description: 'Who answers, by the name that targets use.' }).prefault({}),
    models: named(modelSchema, {
      description: 'What callers ask for, by public name. `provider/model` always works too.',
    }).prefault({}),
    keys: list(keySchema, {
      description:
        'Virtual keys. Without any, here or made by administrators, every caller is let in, so the gateway only listens on this machine.',
    }).prefault([]),
    orgs: named(orgSchema, {
      description: 'Orgs by name. Where any are given, all that keys and teams name must be.',
    }).prefault({}),
    teams: named(teamSchema, {
      description: 'Teams by name. Where any are given, all that keys and users name must be.',
    }).prefault({}),
    users: named(userSchema, {
      description: 'Users by name. Where any are given, all that keys name must be.',
    }).prefault({}),
    budgets: list(scopedBudgetSchema, {
      description: 'Budgets of any scope, beside those of keys, orgs, teams and users.',
    }).prefault([]),
    limits: list(scopedLimitsSchema, {
      description: 'Limits of any scope, beside those of keys, orgs, teams and users.',
    }).prefault([]),
    webhooks: webhooksSchema.prefault({}),
    jobs: jobsSchema.prefault({}),
    queue: jobQueueSchema.optional(),
    redis: redisField.optional(),
    prices: named(priceSchema, {
      description:
        'What models cost, in USD per million tokens, by `provider/model` or `provider/*`; they go before the prices that are known already. `*/*` is for models that have no price otherwise.',
    }).prefault({}),
    telemetry: telemetrySchema.prefault({}),
    timeouts: timeoutsSchema.prefault({}),
    retry: retrySchema.prefault({}),
    output: outputSchema.optional(),
  },
  { description: 'The configuration of Tollgate.' },
)

/** What a configuration file may say, and what the library takes. */
export type ConfigInput = z.input<typeof configSchema>
