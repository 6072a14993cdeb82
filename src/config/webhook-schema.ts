import { flag, list, named, section, text } from './fields.ts'

const secret = (description: string) => text({ description, examples: [`\${WEBHOOK_SECRET}`] })

const endpoint = section(
  {
    url: text(
      {
        description:
          'The https address that messages are posted to. Answers that send elsewhere are not followed, and an address that is not on the public internet is not dialled, whatever name it has.',
        examples: ['https://example.com/hook'],
      },
      'address',
    ),
    secret: secret(
      'What messages are signed with, after Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes, or any other text of at least 16 characters, whose bytes are then the key. Absent: they are not signed, and jobs are not told of there.',
    ).optional(),
    secrets: list(text({ description: 'A secret.' }), {
      description:
        'Several at once, in place of `secret`, while receivers change from one to the next: each signs every message.',
      examples: [[`\${WEBHOOK_SECRET}`, `\${OLD_WEBHOOK_SECRET}`]],
    }).optional(),
    allowHttp: flag({
      description: 'Whether its address may be http. Default: as for all.',
      examples: [true],
    }).optional(),
    allowPrivate: list(text({ description: 'An address or a network.' }, 'network'), {
      description: 'Addresses and networks that may be reached beside the public internet. Default: as for all.',
      examples: [['10.1.0.0/16']],
    }).optional(),
  },
  { description: 'Somebody who is told.' },
)

export const webhooksSchema = section(
  {
    endpoints: named(endpoint, { description: 'Who may be told, by name.' }).prefault({}),
    allowHttp: flag({
      description:
        'Whether addresses may be http: of endpoints that do not say so themselves, and of budgets. Default: false.',
      examples: [true],
    }).prefault(false),
    allowPrivate: list(text({ description: 'An address or a network.' }, 'network'), {
      description:
        'Addresses and networks that may be reached beside the public internet, by endpoints that do not say so themselves and by budgets.',
      examples: [['127.0.0.1']],
    }).prefault([]),
    callerUrls: flag({
      description:
        'Whether a job may name an address in place of an endpoint: https on port 443 of the public internet, whatever else is allowed here. Default: false.',
      examples: [true],
    }).prefault(false),
    gatewayUrl: text(
      {
        description:
          'Where receivers reach this gateway: what `result_url` in messages begins with. Absent: it is a path alone.',
        examples: ['https://gateway.example.com'],
      },
      'address',
    ).optional(),
  },
  { description: 'Who is told of what happened: jobs that ended, and budgets that come to their end.' },
)
