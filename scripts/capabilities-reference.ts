import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { parseConfig } from '../src/config/load.ts'
import { type ProviderSet, providersOf } from '../src/config/providers.ts'
import type { Target } from '../src/core/target.ts'
import { callOptionsOf } from '../src/providers/ai-sdk/call-options.ts'
import { features, howOf } from '../src/providers/features.ts'
import type { ProviderRow } from '../src/providers/row.ts'
import { providerRows } from '../src/providers/rows.ts'

/** Where the page lives. */
export const capabilitiesPage = new URL('../docs/reference/capabilities.md', import.meta.url)

/** A kind of provider, ready to be asked, and a model of it. */
interface Asked {
  readonly title: string
  readonly wire: Parameters<typeof howOf>[1]
  readonly target: Target
  readonly counts: 'native' | 'emulated'
  readonly embeds: 'native' | 'refused'
}

const credentials = (): string =>
  JSON.stringify({
    client_email: 'a@b',
    project_id: 'project',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
  })

const writtenFor = (row: ProviderRow, key: string) => ({
  kind: row.kind,
  ...(row.auth === 'service-account' ? { credentials: key } : { apiKey: 'key' }),
  ...(row.baseUrl === undefined && row.signs !== 'google' ? { baseUrl: 'https://example.com/v1' } : {}),
  ...Object.fromEntries((row.blanks ?? []).map(({ name, usual }) => [name, usual ?? 'mine'])),
})

const askedOf = (row: ProviderRow, providers: ProviderSet): Asked => {
  const provider = providers.senders.get(row.kind)
  if (!provider) throw new Error(`No provider is of kind ${row.kind}.`)
  return {
    title: row.title,
    wire: provider.wire,
    target: providers.target(row.kind, row.models[0] ?? 'model', 1),
    counts: provider.url('model', 'count_tokens', false) === undefined ? 'emulated' : 'native',
    embeds: provider.url('model', 'embed', false) === undefined ? 'refused' : 'native',
  }
}

const aiSdk: Asked = {
  title: 'Packages of the AI SDK',
  wire: {
    writeRequest: (request, target) => JSON.stringify(callOptionsOf(request, { provider: 'maker', target: target.id })),
  },
  target: { id: 'mine/model', provider: 'mine', model: 'model', weight: 1, quirks: {}, facts: undefined },
  counts: 'emulated',
  embeds: 'refused',
}

interface Column {
  readonly title: string
  how(asked: Asked): string
}

const columns: readonly Column[] = [
  ...features.map((feature) => ({
    title: feature.title,
    how: ({ wire, target }: Asked) => howOf(feature, wire, target),
  })),
  { title: 'counting tokens', how: ({ counts }) => counts },
  { title: 'embeddings', how: ({ embeds }) => embeds },
]

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const table = (some: readonly Column[], all: readonly Asked[]): string =>
  [
    row(['provider', ...some.map(({ title }) => title)]),
    row(['---', ...some.map(() => '---')]),
    ...all.map((asked) => row([asked.title, ...some.map(({ how }) => how(asked))])),
  ].join('\n')

const parts: readonly (readonly [title: string, from: number, to: number])[] = [
  ['Tools, formats, thinking', 0, 7],
  ['What is shown to a model', 7, 12],
  ['Settings, and what is not a conversation', 12, columns.length],
]

/** Models that are listed and known to be unable to do something: `capable` leaves them out of calls that need it. */
const lacking = (all: readonly Asked[], providers: ProviderSet): string => {
  const lines = providerRows.flatMap(({ kind, title, models }) =>
    models.flatMap((model) => {
      const lacks = providers.target(kind, model, 1).facts?.lacks ?? []
      return lacks.length === 0 ? [] : [row([title, `\`${model}\``, lacks.join(', ')])]
    }),
  )
  if (all.length === 0 || lines.length === 0) return 'None of the listed models.'
  return [row(['provider', 'model', 'lacks']), row(['---', '---', '---']), ...lines].join('\n')
}

const head = `# Capabilities

This page is written by \`node scripts/capabilities-reference.ts\`, which asks every kind of provider for every feature: it writes the
request as an attempt would, with the language and the quirks of the kind, and looks whether that is refused.

- **native**: asked for in the provider's own words. Whether the model does it well is another matter.
- **emulated**: done in another way that means the same: a budget of thinking becomes an effort, instructions of a developer become those
  of the system, tokens are counted by the gateway, a format is told in words and the answer held against it.
- **refused**: the provider or its language has no words for it. Such a call goes to the next target of its model, or is refused with a
  400 that names the field, before anything is sent; nothing is passed over in silence.

Where it depends on the model, the first one listed in [the page of providers](providers.md) is meant. A body in the provider's own language
passes as it came, so that what only that language knows works there too. Quirks of a single provider can be changed in the
[configuration](configuration.md#providers), and with them what is refused.`

/** The table of capabilities, as the rows and the languages have them. */
export const capabilitiesReference = async (): Promise<string> => {
  const key = credentials()
  const written = Object.fromEntries(providerRows.map((each) => [each.kind, writtenFor(each, key)]))
  const providers = providersOf(await parseConfig({ discover: false, providers: written }, {}))
  const all = [...providerRows.map((each) => askedOf(each, providers)), aiSdk]
  const tables = parts.map(([title, from, to]) => `## ${title}\n\n${table(columns.slice(from, to), all)}`)
  const models = `## What models lack\n\nKnown of models that are listed; calls that need it leave them out.\n\n${lacking(all, providers)}`
  return `${[head, ...tables, models].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(capabilitiesPage, await capabilitiesReference())
