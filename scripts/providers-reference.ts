import { writeFile } from 'node:fs/promises'
import type { Quirks } from '../src/core/target.ts'
import type { ProviderRow } from '../src/providers/row.ts'
import { providerRows } from '../src/providers/rows.ts'

/** Where the page lives. */
export const providersPage = new URL('../docs/reference/providers.md', import.meta.url)

const code = (text: string): string => `\`${text}\``
const list = (words: readonly string[]): string => words.map(code).join(', ')

const keys: Readonly<Record<ProviderRow['auth'], string>> = {
  bearer: 'as `authorization: Bearer`',
  'x-api-key': 'as `x-api-key`',
  'x-goog-api-key': 'as `x-goog-api-key`',
  'api-key': 'as `api-key`',
  'service-account': 'none: tokens of a service account, from its key file',
  optional: 'none needed; as `authorization: Bearer` when there is one',
}

/** How each quirk reads; a default says nothing. */
const quirkWords: { readonly [Name in keyof Quirks]-?: (value: NonNullable<Quirks[Name]>) => string } = {
  maxOutputField: (field) => `caps the output by ${code(field)}`,
  streamUsage: (taken) => (taken ? '' : 'sends usage in streams without being asked'),
  developerRole: (known) => (known ? '' : 'gets `developer` messages as `system`'),
  endMark: (comes) => (comes ? '' : 'may end streams without the end mark'),
  systemAnywhere: (taken) => `${taken ? 'takes' : 'refuses'} system messages between the others`,
  reasoningField: (field) => `gets reasoning of earlier turns back as ${code(field)}`,
  reasoningRequest: (form) => `is asked to think in the form ${code(form)}`,
  schemaFormat: (enforced) => (enforced ? '' : 'does not enforce JSON Schemas: it is told of one in words'),
  jsonFormat: (known) => (known ? '' : 'cannot be told to answer in JSON: it is told so in words'),
  refuses: (fields) => `refuses ${list(fields)}: a request with one of them goes elsewhere`,
  statesCost: (believed) => (believed ? 'tells what each call cost, and is believed' : ''),
  namesModel: (named) => (named ? '' : 'is told the model by the address alone'),
  adds: (fields) => `gets ${code(JSON.stringify(fields))} with every request`,
}

const quirksOf = (quirks: Quirks): string => {
  const names = Object.keys(quirks) as (keyof Quirks)[]
  const words = names.map((name) => (quirkWords[name] as (value: unknown) => string)(quirks[name]))
  const said = words.filter((word) => word !== '')
  return said.length === 0 ? 'none' : said.join('; ')
}

/** What the address leaves open. */
const blanksOf = ({ blanks = [] }: ProviderRow): string => {
  const words = blanks.map(({ name, meaning, environmentKeys, usual }) => {
    const variables = environmentKeys.length === 0 ? '' : `, or ${list(environmentKeys)}`
    return `${code(name)} is ${meaning}${variables}${usual === undefined ? '' : ` (usually ${code(usual)})`}`
  })
  return words.length === 0 ? '' : `; ${words.join('; ')}`
}

const addressOf = ({ baseUrl, signs }: ProviderRow): string => {
  if (baseUrl !== undefined) return code(baseUrl)
  return signs === 'google' ? 'that of its `location`' : 'yours, as `baseUrl`'
}

/** What stands in place of a key. */
const signedBy = ({ signs }: ProviderRow): string => {
  if (signs === 'ibm') return ', after it was exchanged for a token'
  return signs === 'aws'
    ? '; or requests are signed, by `accessKeyId` and `secretAccessKey` or the usual variables of AWS'
    : ''
}

const section = (row: ProviderRow): string => {
  const variables = row.environmentKeys.length === 0 ? 'none' : list(row.environmentKeys)
  return [
    `## ${row.title}`,
    '',
    `- Kind: ${code(row.kind)}`,
    `- Address: ${addressOf(row)}${blanksOf(row)}`,
    `- Key: ${keys[row.auth]}${signedBy(row)}. Usual variable: ${variables}`,
    `- Quirks: ${quirksOf(row.quirks)}`,
    `- Listed models: ${row.models.length === 0 ? 'those you name' : list(row.models)}`,
    `- Prices: ${row.priceProvider === undefined ? 'unknown until `prices` gives them' : 'from the built-in list where it has the model, else unknown until `prices` gives them'}`,
    `- Read from <${row.source}> on ${row.checked}`,
  ].join('\n')
}

const head = `# Providers

This page is written from the rows in \`src/providers/\` by \`node scripts/providers-reference.ts\`; change the rows, not the
page. How to add one: [adding a provider](../guide/adding-a-provider.md).

A provider is configured under \`providers\` by any name, with one of the kinds below; the name of a kind alone means that kind.
A provider whose usual variable is set in the environment is there without any configuration, under the name of its kind.
Listed models appear in \`GET /v1/models\`; any other model works as \`provider/model\`. Every quirk can be changed in the
[configuration](configuration.md#providers).`

const simulated = `## Simulated

- Kind: \`simulated\`; without configuration it is there as \`sim\`
- Address, key: none, it answers inside the gateway
- Listed models: \`small\`, \`large\`
- Prices: made up, so that figures show something
- Behaviour: latency, speed, errors, rate limits, cuts and stalls as configured, the same for the same seed`

/** The reference of all kinds of providers, as the rows have them. */
export const providersReference = (): string => `${[head, ...providerRows.map(section), simulated].join('\n\n')}\n`

if (import.meta.main) await writeFile(providersPage, providersReference())
