import type { AzureOptions } from '../providers/azure.ts'
import type { EntraOptions } from '../providers/sign/entra.ts'
import { baseUrlProblem, isSendable } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import type { Kind } from './kinds.ts'

/** What only Azure OpenAI has. */
export type AzureConfig = Pick<AzureOptions, 'apiVersion' | 'deployments' | 'entra'>

interface Written {
  readonly apiKey?: string | undefined
  readonly apiKeys?: readonly unknown[] | undefined
  readonly apiVersion?: string | undefined
  readonly deployments?: Readonly<Record<string, string>> | undefined
  readonly entra?: Partial<EntraOptions> | undefined
}

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

const versions = /^(\d{4}-\d{2}-\d{2}(-preview)?|v1|preview|latest)$/

/** What Azure has beside other providers; undefined for other kinds. */
export const azureOf = (
  value: Written,
  kind: Kind,
  path: Path,
  surroundings: Surroundings,
): AzureConfig | undefined => {
  if (kind.signs !== 'entra') return undefined
  const { apiVersion, deployments = {} } = value
  const { complain } = surroundings
  if (apiVersion !== undefined && !versions.test(apiVersion))
    complain([...path, 'apiVersion'], 'expected a version such as 2025-04-01-preview')
  for (const [model, deployment] of Object.entries(deployments))
    if (!/^[\w.-]{1,64}$/.test(deployment))
      complain([...path, 'deployments', model], 'expected the name of a deployment')
  return { apiVersion, deployments, entra: value.entra && entraOf(value, path, surroundings) }
}

const entraOf = (value: Written, path: Path, { environment, complain }: Surroundings): EntraOptions | undefined => {
  const at: Path = [...path, 'entra']
  const { entra = {} } = value
  if (value.apiKey !== undefined || value.apiKeys !== undefined)
    complain(at, 'stands beside a key; only one can be used', 'key')
  const found = (field: keyof EntraOptions, variable: string): string => {
    const text = entra[field] ?? environment[variable]
    if (text === undefined || text === '') complain([...at, field], `is missing; write it, or set ${variable}`)
    else if (!isSendable(text)) complain([...at, field], 'must be printable ASCII without spaces')
    return text ?? ''
  }
  const problem = entra.authority === undefined ? undefined : baseUrlProblem(entra.authority)
  if (problem !== undefined) complain([...at, 'authority'], problem)
  return {
    tenantId: found('tenantId', 'AZURE_TENANT_ID'),
    clientId: found('clientId', 'AZURE_CLIENT_ID'),
    clientSecret: found('clientSecret', 'AZURE_CLIENT_SECRET'),
    scope: entra.scope,
    authority: entra.authority,
  }
}
