import { writeFile } from 'node:fs/promises'
import { configJsonSchema, type JsonSchema } from '../src/config/json-schema.ts'

/** Where the page lives. */
export const configurationPage = new URL('../docs/reference/configuration.md', import.meta.url)

/** A small configuration that uses most sections, as the page shows it. */
export const configurationSample = `server:
  port: 4000

providers:
  openai: { apiKey: "\${OPENAI_API_KEY}" }
  local: { kind: openai-compatible, baseUrl: "http://127.0.0.1:8000/v1", models: [qwen3-8b] }
  sim: { kind: simulated, latencyMs: { p50: 400, p99: 3000 }, errorRate: 1%, seed: 7 }

models:
  chat:
    targets: [openai/gpt-5-mini, { target: local/qwen3-8b, weight: 2 }]
    policies: [capable, healthy, weighted]
    fallback: { context: [openai/gpt-5] }
    timeouts: { total: 60s, firstToken: 10s }
  small: local/qwen3-8b
  test: [sim/small, sim/large]

keys:
  - name: web
    key: "\${WEB_KEY}"
    team: shop
    models: [chat, small]
    limits: { requests: [300/m, 10k/d], tokens: 200k/m, concurrency: 20, models: { chat: { requests: 60/m } } }
    budget: { usd: 50, per: day, timezone: Europe/Berlin }

teams:
  shop: { org: acme, budget: { usd: 1000, per: month, webhook: ops } }

budgets:
  - { scope: "session:*", usd: 2, onLimit: cheaper }

webhooks:
  endpoints: { ops: { url: "https://example.com/hook", secret: "\${WEBHOOK_SECRET}" } }

prices:
  local/*: { input: 0, output: 0 }

telemetry: { log: info }
`

const head = `# Configuration

This page is written from \`src/config/schema.ts\` by \`node scripts/configuration-reference.ts\`; change the schema,
not the page.

Nothing is required: without a file the gateway offers the providers it finds. The configuration is the first of

1. the file given with \`--config\`,
2. the file named by the environment variable \`TOLLGATE_CONFIG\`,
3. \`tollgate.yaml\`, \`tollgate.yml\` or \`tollgate.json\` in the working directory,
4. the defaults.

\`createGateway\` takes the same as an object.

\`\`\`yaml
${configurationSample}\`\`\`

## How it is written

- **Format**: YAML 1.2 or JSON, at most 1 MiB, UTF-8. Anchors and aliases stand for whole values; \`<<\` is not supported.
- **Durations** have a unit: \`250ms\`, \`10s\`, \`5m\`, \`1h\`, \`1h30m\`. **Sizes** too: \`512KiB\`, \`32MiB\`. **Shares** are
  numbers from 0 to 1 or percentages: \`0.01\`, \`1%\`. **Rates** are a count and a stretch of time: \`300/m\`, \`10/s\`,
  \`200k/m\`, \`1M/d\`, \`50/10s\`; in no stretch of that length is there more. **Money** is in US dollars.
- **Environment**: \`\${NAME}\` inside a text is replaced by the environment variable, \`\${NAME:-default}\` by the default
  when it is not set or empty. A variable that is missing is a mistake. \`$\${\` stands for \`\${\`. Numbers and true or false
  may be written as references as well: \`port: "\${GATEWAY_PORT:-4000}"\`.
- **Mistakes** are all told at once, with line and column: \`tollgate.yaml:12:16 models.chat.policies[0]: …\`. An unknown
  field is one of them. A server does not start with a wrong file.
- \`HOST\`, \`PORT\` and \`TOLLGATE_STORE\` of the environment go before \`server.host\`, \`server.port\` and \`store\`.
- **Allowances**: each budget and limit has an id made of its scope, what it is, its window and its model, such as
  \`key:web/budget/day\`, \`key:web/requests/1m\`, \`key:web/requests/1m@chat\`, \`key:web/concurrency\`. What was used is kept
  under this id: changing the amount keeps it, another window begins anew.`

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``

const branches = (schema: JsonSchema): JsonSchema[] => (schema.anyOf as JsonSchema[] | undefined) ?? [schema]

/** The form of a value that has fields of its own. */
const mapOf = (schema: JsonSchema): JsonSchema | undefined => branches(schema).find((branch) => branch.properties)

const typeOf = (schema: JsonSchema): string => {
  if (schema.enum) return `one of ${schema.enum.map(code).join(', ')}`
  const { minimum, maximum } = branches(schema)[0] ?? {}
  const range = minimum === undefined ? '' : `, ${minimum} ${maximum === undefined ? 'or more' : `to ${maximum}`}`
  const isNumber = schema.title === 'number' || schema.title === 'whole number'
  return `${schema.title}${isNumber ? range : ''}`
}

const row = (name: string, schema: JsonSchema, required: boolean): string => {
  const example = Array.isArray(schema.examples) ? schema.examples.map(code).join(', ') : ''
  const isEmptyMap = typeof schema.default === 'object' && JSON.stringify(schema.default) === '{}'
  const usual = schema.default === undefined || isEmptyMap ? '' : code(schema.default)
  const cells = [code(name), typeOf(schema), required ? 'required' : usual, schema.description, example]
  return `| ${cells.join(' | ')} |`
}

/** Fields that many maps have alike: their rows stand where they come first. */
const sharedTitles: readonly string[] = ['limits', 'budget, or a list']

/** A row for each field, those of inner maps under their whole names. */
const rows = (map: JsonSchema, prefix: string, told: Map<string, string>): string[] =>
  Object.entries(map.properties ?? {}).flatMap(([name, schema]) => {
    const field = schema as JsonSchema
    const required = map.required?.includes(name) ?? false
    const title = field.title ?? ''
    const before = told.get(title)
    if (before !== undefined)
      return [row(prefix + name, { ...field, description: `${field.description} As \`${before}\`.` }, required)]
    if (sharedTitles.includes(title)) told.set(title, prefix + name)
    return [row(prefix + name, field, required), ...innerRows(field, prefix + name, told)]
  })

const innerRows = (field: JsonSchema, name: string, told: Map<string, string>): string[] => {
  const inner = mapOf(field)
  if (inner) return rows(inner, `${name}.`, told)
  const entry = field.additionalProperties
  const each = typeof entry === 'object' && !Array.isArray(entry) ? mapOf(entry as JsonSchema) : undefined
  if (each) return rows(each, `${name}.<name>.`, told)
  const item =
    typeof field.items === 'object' && !Array.isArray(field.items) ? mapOf(field.items as JsonSchema) : undefined
  return item ? rows(item, `${name}[].`, told) : []
}

const table = (lines: readonly string[]): string =>
  ['| field | type | default | meaning | example |', '|---|---|---|---|---|', ...lines].join('\n')

const section = ([name, schema]: [name: string, schema: JsonSchema], told: Map<string, string>): string => {
  const [entry, prefix] =
    schema.items !== undefined
      ? [schema.items as JsonSchema, `${name}[].`]
      : [schema.additionalProperties, `${name}.<name>.`]
  const map = mapOf(schema)
  const lines = map ? rows(map, `${name}.`, told) : rows(mapOf(entry as JsonSchema) ?? {}, prefix, told)
  const form = map ? '' : ` ${(entry as JsonSchema).description}`
  return `## ${name}\n\n${schema.description}${form}\n\n${table(lines)}`
}

/** The reference of all configuration, as the schema has it. */
export const configurationReference = (): string => {
  const fields = Object.entries(configJsonSchema().properties ?? {}) as [string, JsonSchema][]
  const single = fields.filter(([, schema]) => schema.title !== 'map' && schema.title !== 'list')
  const sections = fields.filter((field) => !single.includes(field))
  const told = new Map<string, string>()
  const lone = `## Single fields\n\n${table(single.flatMap(([name, schema]) => [row(name, schema, false), ...innerRows(schema, name, told)]))}`
  return `${[head, ...sections.map((each) => section(each, told)), lone].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(configurationPage, configurationReference())
