import { createPrivateKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isObject, type JsonObject } from '../core/json.ts'
import { isBlankValue } from '../providers/blanks.ts'
import type { ServiceAccount } from '../providers/sign/gcp.ts'
import type { VertexAccess } from '../providers/vertex.ts'
import { baseUrlProblem } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import type { Kind } from './kinds.ts'

interface Written {
  readonly baseUrl?: string | undefined
  readonly project?: string | undefined
  readonly location?: string | undefined
  readonly credentials?: string | undefined
  readonly tokenUrl?: string | undefined
}

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

/** Whose models are called, where, and by whom; undefined for other kinds, or after a complaint. */
export const vertexOf = (
  value: Written,
  kind: Kind,
  path: Path,
  surroundings: Surroundings,
): VertexAccess | undefined => {
  if (kind.signs !== 'google') return undefined
  const { environment, complain } = surroundings
  const account = accountOf(value, path, surroundings)
  const project = value.project ?? (environment.GOOGLE_CLOUD_PROJECT || account?.projectId)
  const location = value.location ?? (environment.GOOGLE_CLOUD_LOCATION || 'global')
  if (project === undefined && account)
    complain([...path, 'project'], 'is missing; write it, or set GOOGLE_CLOUD_PROJECT')
  for (const [field, text] of Object.entries({ project, location }))
    if (text !== undefined && !isBlankValue(text))
      complain([...path, field], 'expected letters, digits, ".", "-" and "_"')
  return account && project !== undefined ? { project, location, account } : undefined
}

const accountOf = (value: Written, path: Path, { environment, complain }: Surroundings): ServiceAccount | undefined => {
  const at: Path = [...path, 'credentials']
  const usual = value.baseUrl === undefined ? environment.GOOGLE_APPLICATION_CREDENTIALS || undefined : undefined
  const written = value.credentials ?? usual
  if (written === undefined) {
    complain(at, 'is missing; name the key file of a service account, or set GOOGLE_APPLICATION_CREDENTIALS')
    return undefined
  }
  const problem = value.tokenUrl === undefined ? undefined : baseUrlProblem(value.tokenUrl)
  if (problem !== undefined) complain([...path, 'tokenUrl'], problem)
  const key = keyIn(written)
  const account = key && readAccount(key)
  if (!account) {
    complain(
      at,
      'expected the key of a service account (JSON with client_email and private_key), or the name of its file',
    )
    return undefined
  }
  return value.tokenUrl === undefined ? account : { ...account, tokenUrl: value.tokenUrl }
}

const mostBytes = 64 * 1024

/** The JSON itself, or that of the file. What is wrong with it is not told: it holds a secret. */
const keyIn = (written: string): JsonObject | undefined => {
  try {
    if (written.trimStart().startsWith('{')) return asObject(JSON.parse(written))
    return statSync(written).size > mostBytes ? undefined : asObject(JSON.parse(readFileSync(written, 'utf8')))
  } catch {
    return undefined
  }
}

const asObject = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)

const readAccount = (key: JsonObject): ServiceAccount | undefined => {
  const {
    client_email: clientEmail,
    private_key: privateKey,
    private_key_id: id,
    token_uri: uri,
    project_id: project,
  } = key
  if (typeof clientEmail !== 'string' || typeof privateKey !== 'string' || !isPrivateKey(privateKey)) return undefined
  return {
    clientEmail,
    privateKey,
    privateKeyId: typeof id === 'string' ? id : undefined,
    tokenUrl: typeof uri === 'string' && baseUrlProblem(uri) === undefined ? uri : undefined,
    projectId: typeof project === 'string' ? project : undefined,
  }
}

const isPrivateKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
