import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callerDoors } from '../core/doors.ts'
import { ConfigError } from './complaints.ts'
import { loadConfig } from './load.ts'

const complaintsOf = async (text: string): Promise<string[]> => {
  try {
    await loadConfig({ text, file: 't.yaml', environment: {}, probe: async () => undefined })
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error))
    return error.message.split('\n')
  }
  return []
}

const key = 'name: web, key: 12345678a'
const withKey = (fields: string): string => `keys: [{ ${key}, ${fields} }]`

type Case = readonly [name: string, text: string, complaint: string]

const cases: readonly Case[] = [
  [
    'a rate without a stretch of time',
    withKey('limits: { requests: 300 }'),
    't.yaml:1:57 keys[0].limits.requests: expected a rate, or a list of them, got 300',
  ],
  [
    'a rate per something else',
    withKey('limits: { requests: 300/y }'),
    't.yaml:1:57 keys[0].limits.requests: expected a rate such as 300/m, 10/s, 200k/m or 1M/d, got "300/y"',
  ],
  [
    'a part of a request',
    withKey('limits: { requests: 0.5/s }'),
    't.yaml:1:57 keys[0].limits.requests: expected a whole number of requests',
  ],
  [
    'a count that no double holds',
    withKey('limits: { tokens: [1/s, 9007199255M/d] }'),
    't.yaml:1:61 keys[0].limits.tokens[1]: must be at most 9007199254740991',
  ],
  [
    'more money than there is',
    withKey('budget: { usd: 1e10 }'),
    't.yaml:1:52 keys[0].budget.usd: expected a number from 0 to 9000000000, got 10000000000',
  ],
  [
    'the same window twice, however it is written',
    withKey('limits: { requests: [1/m, 2/60s] }'),
    't.yaml:1:63 keys[0].limits.requests[1]: is for the same window as keys[0].limits.requests[0]',
  ],
  [
    'the same budget in two places',
    `${withKey('budget: { usd: 1, per: day }')}\nbudgets: [{ scope: "key:web", usd: 2, per: day }]`,
    't.yaml:2:11 budgets[0]: is for the same window as keys[0].budget',
  ],
  [
    'an unknown time zone',
    withKey('budget: { usd: 1, per: day, timezone: Europe/Berln }'),
    't.yaml:1:75 keys[0].budget.timezone: no time zone is called "Europe/Berln"; did you mean "Europe/Berlin"?',
  ],
  [
    'a time zone where there is no calendar',
    withKey('budget: { usd: 1, per: 24h, timezone: Europe/Berlin }'),
    't.yaml:1:75 keys[0].budget.timezone: is only for hours, days, weeks and months; this budget knows no calendar',
  ],
  [
    'an unknown window',
    withKey('budget: { usd: 1, per: year }'),
    't.yaml:1:60 keys[0].budget.per: expected hour, day, week, month, total, or a rolling duration such as 24h, got "year"',
  ],
  [
    'a webhook that nobody described',
    withKey('budget: { usd: 1, webhook: pager }'),
    't.yaml:1:64 keys[0].budget.webhook: is neither a name of webhooks.endpoints nor an http or https address',
  ],
  [
    'an alert at nothing',
    withKey('budget: { usd: 1, alerts: [0%] }'),
    't.yaml:1:64 keys[0].budget.alerts[0]: expected a percentage such as 80%, got 0',
  ],
  [
    'limits of an unknown model',
    `models: { chat: sim/small }\n${withKey('limits: { models: { chatt: { requests: 1/m } } }')}`,
    't.yaml:2:57 keys[0].limits.models.chatt: no model is called "chatt"; did you mean "chat"?',
  ],
  [
    'a budget of an unknown model',
    withKey('budget: { usd: 1, model: nobody/x }'),
    't.yaml:1:62 keys[0].budget.model: no model is called "nobody/x"; known here: sim',
  ],
  [
    'an unknown kind of scope',
    'budgets: [{ scope: "taem:shop", usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: expected a scope such as team:shop or gateway:*, got "taem:shop"; did you mean "team"?',
  ],
  [
    'a scope without a name',
    'budgets: [{ scope: team, usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: expected a scope such as team:shop or gateway:*, got "team"',
  ],
  [
    'a part of everybody',
    'budgets: [{ scope: "gateway:eu", usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: expected a scope such as team:shop or gateway:*, got "gateway:eu"',
  ],
  [
    'a budget of a team that nobody is in',
    `${withKey('team: shop')}\nbudgets: [{ scope: "team:shpo", usd: 1 }]`,
    't.yaml:2:20 budgets[0].scope: no team here is called "shpo"; did you mean "shop"?',
  ],
  [
    'a budget of a key that is not declared',
    'budgets: [{ scope: "key:other", usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: no key here is called "other"; declare the key',
  ],
  [
    'a budget of an unknown provider',
    'budgets: [{ scope: "provider:opnai", usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: no provider is called "opnai"; known here: sim',
  ],
  [
    'a tag without value',
    'budgets: [{ scope: "tag:search", usd: 1 }]',
    't.yaml:1:20 budgets[0].scope: expected a tag with its value: tag:name=value',
  ],
  [
    'a team that is not among the described ones',
    `teams: { shop: {} }\n${withKey('team: shpo')}`,
    't.yaml:2:43 keys[0].team: no team here is called "shpo"; did you mean "shop"?',
  ],
  [
    'a key in another team than its user',
    `users: { ada: { team: shop } }\n${withKey('user: ada, team: lab')}`,
    't.yaml:2:54 keys[0].team: "ada" belongs to the team "shop"',
  ],
  [
    'a team in two orgs',
    `teams: { shop: { org: acme } }\n${withKey('team: shop, org: other')}`,
    't.yaml:2:54 keys[0].org: "shop" belongs to the org "acme"',
  ],
  [
    'a door that does not exist',
    withKey('doors: [/v1/chat]'),
    `t.yaml:1:45 keys[0].doors[0]: expected one of ${callerDoors.join(', ')}, got "/v1/chat"; did you mean "/v1/chat/completions"?`,
  ],
  [
    'a day that no month has',
    withKey('expires: 2027-02-30'),
    't.yaml:1:46 keys[0].expires: expected a date such as 2027-01-31, or a time with its zone such as 2027-01-31T12:00:00Z, got "2027-02-30"',
  ],
  [
    'a time without zone',
    withKey('expires: 2027-02-03T10:00:00'),
    't.yaml:1:46 keys[0].expires: expected a date such as 2027-01-31, or a time with its zone such as 2027-01-31T12:00:00Z, got "2027-02-03T10:00:00"',
  ],
  [
    'a store of another kind',
    'store: mysql://h/x',
    't.yaml:1:8 store: expected sqlite: with the path of a file, such as sqlite:./tollgate.db, or memory, got "mysql://h/x"',
  ],
  [
    'a short admin token, without repeating it',
    'server: { admin: { token: hunter2 } }',
    't.yaml:1:27 server.admin.token: must have at least 16 characters',
  ],
  [
    'one token for both',
    'server: { admin: { token: 0123456789abcdef, readToken: 0123456789abcdef } }',
    't.yaml:1:56 server.admin.readToken: must be another than token',
  ],
  [
    'administrators from other machines without a token',
    'server: { admin: { host: 0.0.0.0 } }',
    't.yaml:1:26 server.admin.host: 0.0.0.0 is reachable from other machines; configure server.admin.token or bind 127.0.0.1',
  ],
  [
    'a webhook that is no address, without repeating it',
    'webhooks: { endpoints: { ops: { url: "ftp://secret" } } }',
    't.yaml:1:38 webhooks.endpoints.ops.url: expected an https address',
  ],
]

describe('a mistake about callers is told with its place and what to do', () => {
  for (const [name, text, complaint] of cases) {
    test(name, async () => assert.deepEqual(await complaintsOf(text), [complaint]))
  }
})
