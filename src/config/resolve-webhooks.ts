import type * as z from 'zod'
import { type Guard, guardedUrlProblem } from '../transport/guarded-url.ts'
import { createAddressRule, networkProblem } from '../transport/public-address.ts'
import type { Receiver } from '../transport/webhook-post.ts'
import { secretProblem } from '../transport/webhook-signature.ts'
import { baseUrlProblem } from './addresses.ts'
import type { WebhookAllowances, WebhookConfig, WebhookRules } from './config.ts'
import type { Complain } from './issues.ts'
import type { webhooksSchema } from './webhook-schema.ts'

type Written = z.output<typeof webhooksSchema>
type Path = readonly (string | number)[]

const mostSecrets = 5

/** Where things that happened are told, and by which rules. Neither addresses nor secrets are repeated in complaints. */
export const resolveWebhooks = (
  written: Written,
  complain: Complain,
): { readonly webhooks: ReadonlyMap<string, WebhookConfig>; readonly webhookRules: WebhookRules } => {
  const { endpoints, callerUrls, gatewayUrl } = written
  const common = allowancesOf(written, ['webhooks'], complain)
  const problem = gatewayUrl === undefined ? undefined : baseUrlProblem(gatewayUrl)
  if (problem !== undefined) complain(['webhooks', 'gatewayUrl'], problem)
  const webhooks = new Map<string, WebhookConfig>()
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const path = ['webhooks', 'endpoints', name]
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
      complain(path, 'expected a name of letters, digits, ".", "-" and "_", at most 64', 'key')
    const { allowHttp = common.allowHttp, allowPrivate = common.allowPrivate } = endpoint
    const allowances = endpoint.allowPrivate
      ? allowancesOf({ allowHttp, allowPrivate }, path, complain)
      : { allowHttp, allowPrivate }
    const wrong = guardedUrlProblem(endpoint.url, guardOf(allowances))
    if (wrong !== undefined) complain([...path, 'url'], wrong)
    webhooks.set(name, { url: endpoint.url, secrets: secretsOf(endpoint, path, complain), ...allowances })
  }
  return { webhooks, webhookRules: { ...common, callerUrls, gatewayUrl: gatewayUrl?.replace(/\/+$/, '') } }
}

/** What is let through for an address that an operator wrote down. */
const guardOf = ({ allowHttp, allowPrivate }: WebhookAllowances): Guard => ({
  addresses: createAddressRule(allowPrivate),
  isPlainAllowed: allowHttp,
  isOperators: true,
})

/** An endpoint as it is told of something. */
export const receiverOf = ({ url, secrets, ...allowances }: WebhookConfig): Receiver => ({
  url,
  secrets,
  guard: guardOf(allowances),
})

/** What is wrong with an address that stands in a budget, or undefined. */
export const addressProblem = (url: string, rules: WebhookAllowances): string | undefined =>
  guardedUrlProblem(url, guardOf(rules))

const allowancesOf = (
  { allowHttp, allowPrivate }: WebhookAllowances,
  path: Path,
  complain: Complain,
): WebhookAllowances => {
  const good = allowPrivate.filter((network, index) => {
    const problem = networkProblem(network)
    if (problem !== undefined) complain([...path, 'allowPrivate', index], problem)
    return problem === undefined
  })
  return { allowHttp, allowPrivate: good }
}

const secretsOf = (
  { secret, secrets }: Written['endpoints'][string],
  path: Path,
  complain: Complain,
): readonly string[] => {
  if (secret !== undefined && secrets !== undefined)
    complain([...path, 'secrets'], 'stands in place of secret; give one of them')
  const given = secrets ?? (secret === undefined ? [] : [secret])
  if (secrets?.length === 0) complain([...path, 'secrets'], 'must hold at least one')
  if (given.length > mostSecrets) complain([...path, 'secrets'], `must hold at most ${mostSecrets}`)
  given.forEach((each, index) => {
    const problem = secretProblem(each)
    if (problem !== undefined) complain(secrets ? [...path, 'secrets', index] : [...path, 'secret'], problem)
  })
  return given
}
