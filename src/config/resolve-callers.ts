import type { JsonObject } from '../core/json.ts'
import type { Scope } from '../core/scope.ts'
import { scopedBudgetSchema, scopedLimitsSchema } from './allowance-schema.ts'
import type { Config } from './config.ts'
import { type Entry, entriesOf, itemsOf, leniently } from './entries.ts'
import type { Names } from './names.ts'
import { orgSchema, teamSchema, userSchema } from './people-schema.ts'
import { type Bearer, resolveAllowances } from './resolve-allowances.ts'
import { resolveKeys } from './resolve-keys.ts'
import { knownScopes, type People, resolvePeople } from './resolve-people.ts'
import { addressProblem, resolveWebhooks } from './resolve-webhooks.ts'
import { keySchema } from './schema.ts'
import { webhooksSchema } from './webhook-schema.ts'

/** Who may call, whom they belong to, what they may use, and who is told of it. */
export const resolveCallers = (
  raw: JsonObject,
  names: Names,
): Pick<Config, 'keys' | 'scopes' | 'allowances' | 'webhooks' | 'webhookRules'> => {
  const people: People = {
    orgs: entriesOf(raw, 'orgs', orgSchema),
    teams: entriesOf(raw, 'teams', teamSchema),
    users: entriesOf(raw, 'users', userSchema),
    keys: itemsOf(raw, 'keys', keySchema),
  }
  const written = leniently(raw.webhooks ?? {}, webhooksSchema) ?? webhooksSchema.parse({})
  const { webhooks, webhookRules } = resolveWebhooks(written, names.complain)
  return {
    keys: resolveKeys(people.keys, names),
    scopes: resolvePeople(people, names),
    allowances: resolveAllowances(
      {
        bearers: bearersOf(people),
        budgets: itemsOf(raw, 'budgets', scopedBudgetSchema),
        limits: itemsOf(raw, 'limits', scopedLimitsSchema),
        known: knownScopes(people),
        endpoints: new Set(webhooks.keys()),
        addressProblem: (url) => addressProblem(url, webhookRules),
      },
      names,
    ),
    webhooks,
    webhookRules,
  }
}

/** Whoever may have limits and budgets of its own, with the scope they are for. */
const bearersOf = ({ orgs, teams, users, keys }: People): readonly Bearer[] => [
  ...orgs.map((entry) => bearer(`org:${entry.name}`, entry)),
  ...teams.map((entry) => bearer(`team:${entry.name}`, entry)),
  ...users.map((entry) => bearer(`user:${entry.name}`, entry)),
  ...keys.map((entry) => bearer(`key:${entry.value.name}`, entry)),
]

const bearer = (scope: Scope, { path, value }: Entry<Bearer['value']>): Bearer => ({ scope, path, value })
