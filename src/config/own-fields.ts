import * as z from 'zod'
import { list, named, number, section, text } from './fields.ts'

/** One of several keys of a provider. */
const weighedKey = section(
  {
    key: text({ description: 'The key.', examples: [`\${OPENAI_API_KEY_2}`] }),
    weight: number(
      { least: 0.001, most: 1_000_000 },
      { description: 'Its share of the callers.', examples: [2] },
    ).prefault(1),
  },
  { description: 'A key, and how much of the traffic it takes.' },
)

/** Several keys in place of one. */
export const apiKeysField = list(weighedKey, {
  description:
    'Several keys in place of `apiKey`. A caller keeps to one of them, by weight, as long as that one works: prompt caches belong to keys. One that is limited or refused rests, and the next is asked before another target.',
  examples: [[{ key: `\${OPENAI_API_KEY}`, weight: 2 }, { key: `\${OPENAI_API_KEY_2}` }]],
}).optional()

/** An application that proves itself to Microsoft Entra. */
const entraField = section(
  {
    tenantId: text({ description: 'Default: `AZURE_TENANT_ID`.', examples: [`\${AZURE_TENANT_ID}`] }).optional(),
    clientId: text({ description: 'Default: `AZURE_CLIENT_ID`.', examples: [`\${AZURE_CLIENT_ID}`] }).optional(),
    clientSecret: text({
      description: 'Default: `AZURE_CLIENT_SECRET`.',
      examples: [`\${AZURE_CLIENT_SECRET}`],
    }).optional(),
    scope: text({
      description: 'What the tokens are for. Default: `https://cognitiveservices.azure.com/.default`.',
      examples: ['https://ai.azure.com/.default'],
    }).optional(),
    authority: text(
      {
        description: 'Who gives the tokens. Default: `https://login.microsoftonline.com`.',
        examples: ['https://login.microsoftonline.us'],
      },
      'address',
    ).optional(),
  },
  {
    description:
      'An application of Microsoft Entra, whose tokens stand in place of `apiKey`; `{}` takes it from the environment.',
    examples: [{}],
  },
).optional()

/** What only some kinds of providers understand. */
export const ownFields = {
  package: text({
    description: 'The package of the AI SDK whose models are called; it is loaded when the first of them is.',
    examples: ['@ai-sdk/mistral'],
  }).optional(),
  export: text({
    description: 'Which of its exports makes a provider. Default: the one that begins with `create`.',
    examples: ['createMistral'],
  }).optional(),
  options: z
    .record(z.string(), z.json(), { error: 'expected a map' })
    .meta({
      title: 'map',
      description:
        'What that export is called with. Default: nothing, and most packages read a key from the environment.',
      examples: [{ apiKey: `\${MISTRAL_API_KEY}` }],
    })
    .optional(),
  handle: text({
    description: 'Given by `fromAiSdk` in a program that brings its own models.',
    examples: ['ai-sdk-1'],
  }).optional(),
  account: text({
    description:
      'Whose account the address belongs to: an id, a workspace, a resource or a host, as [the page of providers](providers.md) says for each kind.',
    examples: [`\${CLOUDFLARE_ACCOUNT_ID}`],
  }).optional(),
  region: text({ description: 'The region in the address.', examples: ['eu-central-1'] }).optional(),
  apiVersion: text({
    description:
      'A dated version of the interface: calls go to `/openai/deployments/…` then. Default: the surface `v1`, which has no versions.',
    examples: ['2025-04-01-preview'],
  }).optional(),
  deployments: named(text({ description: 'The name of a deployment.' }), {
    description: 'Names of deployments by model, where they differ. The models are listed in `GET /v1/models`.',
    examples: [{ 'gpt-5-mini': 'our-mini' }],
  }).optional(),
  entra: entraField,
  project: text({
    description: 'The project of Google Cloud. Default: `GOOGLE_CLOUD_PROJECT`, else the one in `credentials`.',
    examples: ['my-project'],
  }).optional(),
  location: text({
    description: 'Where models answer. Default: `GOOGLE_CLOUD_LOCATION`, else `global`.',
    examples: ['europe-west1'],
  }).optional(),
  credentials: text({
    description:
      'The key of a service account: its file, or the JSON itself. Default: the file that `GOOGLE_APPLICATION_CREDENTIALS` names, unless `baseUrl` sends calls elsewhere than usual.',
    examples: ['/run/secrets/vertex.json'],
  }).optional(),
  tokenUrl: text(
    {
      description: 'Who gives tokens. Default: as the key says; for IBM, its cloud.',
      examples: ['https://oauth2.googleapis.com/token'],
    },
    'address',
  ).optional(),
  accessKeyId: text({
    description:
      'Who signs the calls, in place of `apiKey`. Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, unless there is a key, or `baseUrl` sends calls elsewhere than usual.',
    examples: [`\${AWS_ACCESS_KEY_ID}`],
  }).optional(),
  secretAccessKey: text({
    description: 'The secret that belongs to `accessKeyId`.',
    examples: [`\${AWS_SECRET_ACCESS_KEY}`],
  }).optional(),
  sessionToken: text({
    description: 'The token of credentials that expire.',
    examples: [`\${AWS_SESSION_TOKEN}`],
  }).optional(),
}

/** The name of such a field. */
export type OwnField = keyof typeof ownFields

/** Their names. */
export const ownFieldNames = Object.keys(ownFields) as OwnField[]
