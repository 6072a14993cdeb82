import type { AwsIdentity } from '../providers/sign/aws.ts'
import { isSendable } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import type { Kind } from './kinds.ts'

/** Who signs, as it is written. */
interface Written {
  readonly apiKey?: string | undefined
  readonly apiKeys?: readonly unknown[] | undefined
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  readonly sessionToken?: string | undefined
  readonly region?: string | undefined
  readonly baseUrl?: string | undefined
}

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

type Credentials = Omit<AwsIdentity, 'region'>

const inEnvironment = (environment: Environment): Credentials | undefined => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (!accessKeyId || !secretAccessKey) return undefined
  return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN || undefined }
}

const written = (value: Written, path: Path, complain: Complain): Credentials | undefined => {
  const { accessKeyId, secretAccessKey, sessionToken } = value
  const given = { accessKeyId, secretAccessKey, sessionToken }
  for (const [field, text] of Object.entries(given))
    if (text !== undefined && !isSendable(text)) complain([...path, field], 'must be printable ASCII without spaces')
  if (value.apiKey !== undefined || value.apiKeys !== undefined)
    complain([...path, 'accessKeyId'], 'stands beside a key; calls are signed, or made with a key', 'key')
  if (accessKeyId === undefined) complain([...path, 'accessKeyId'], 'is missing beside the others')
  if (secretAccessKey === undefined) complain([...path, 'secretAccessKey'], 'is missing beside `accessKeyId`')
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, sessionToken }
}

/** What is written, else what the environment has; never the latter when calls go to an address of the reader's choice. */
const credentialsOf = (
  value: Written,
  kind: Kind,
  path: Path,
  { environment, complain }: Surroundings,
): Credentials | undefined => {
  const { accessKeyId, secretAccessKey, sessionToken } = value
  if (accessKeyId !== undefined || secretAccessKey !== undefined || sessionToken !== undefined)
    return written(value, path, complain)
  if (value.apiKey !== undefined || value.apiKeys !== undefined || value.baseUrl !== undefined) return undefined
  if (kind.environmentKeys.some((name) => environment[name])) return undefined
  return inEnvironment(environment)
}

/** The region in the name of one of Amazon's hosts, those of VPC endpoints too. */
const regionIn = (baseUrl: string | undefined): string | undefined =>
  /^https?:\/\/[^/]*?\.?bedrock-runtime(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d+)\./.exec(baseUrl ?? '')?.[1]

/** Who signs the requests to a provider; undefined where it takes a key, or after a complaint. */
export const awsOf = (value: Written, kind: Kind, path: Path, surroundings: Surroundings): AwsIdentity | undefined => {
  if (kind.signs !== 'aws') return undefined
  const credentials = credentialsOf(value, kind, path, surroundings)
  if (!credentials) return undefined
  const { environment, complain } = surroundings
  const usual = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined
  const region = value.region ?? regionIn(value.baseUrl) ?? usual
  if (region !== undefined) return { ...credentials, region }
  // Without an address of its own the region is missed there already.
  if (value.baseUrl !== undefined) complain([...path, 'region'], 'is missing; signatures need it')
  return undefined
}
