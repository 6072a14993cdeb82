import { list, number, section, text } from './fields.ts'

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

/** What only some kinds of providers understand. */
export const ownFields = {
  account: text({
    description:
      'Whose account the address belongs to: an id, a workspace, a resource or a host, as [the page of providers](providers.md) says for each kind.',
    examples: [`\${CLOUDFLARE_ACCOUNT_ID}`],
  }).optional(),
  region: text({ description: 'The region in the address.', examples: ['eu-central-1'] }).optional(),
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
