import type { Blank, ProviderRow } from '../providers/row.ts'
import { providerRows } from '../providers/rows.ts'
import type { OwnField } from './own-fields.ts'

/** What the configuration knows of a kind of provider. */
export interface Kind {
  readonly name: string
  /** Where its key usually is in the environment; the first that is set counts. */
  readonly environmentKeys: readonly string[]
  /** Does it refuse calls without a key? */
  readonly needsKey: boolean
  /** Is it always at the same address, so that none need be written? */
  readonly hasAddress: boolean
  /** The usual address, where it leaves something open. */
  readonly baseUrl?: string | undefined
  readonly blanks: readonly Blank[]
  /** Fields that only some kinds have, and this one does. */
  readonly own: readonly OwnField[]
  /** In whose way requests can be signed in place of a key. */
  readonly signs?: ProviderRow['signs']
  /** Does it only pretend, inside this process? */
  readonly simulated: boolean
  /** Is it called inside this process, by a package of the AI SDK? */
  readonly isPackage?: boolean | undefined
}

const signing: Readonly<Record<NonNullable<ProviderRow['signs']>, readonly OwnField[]>> = {
  aws: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
  entra: ['entra', 'apiVersion', 'deployments'],
  google: ['project', 'location', 'credentials', 'tokenUrl'],
  ibm: ['tokenUrl'],
}

const called: readonly Kind[] = providerRows.map((row) => ({
  name: row.kind,
  environmentKeys: row.environmentKeys,
  needsKey: row.auth !== 'optional' && row.auth !== 'service-account',
  hasAddress: row.baseUrl !== undefined || row.signs === 'google',
  baseUrl: row.baseUrl,
  blanks: row.blanks ?? [],
  own: [...(row.blanks ?? []).map(({ name }) => name), ...(row.signs ? signing[row.signs] : [])],
  signs: row.signs,
  simulated: false,
}))

const simulated: Kind = {
  name: 'simulated',
  environmentKeys: [],
  needsKey: false,
  hasAddress: false,
  blanks: [],
  own: [],
  simulated: true,
}

const aiSdk: Kind = {
  ...simulated,
  name: 'ai-sdk',
  own: ['package', 'export', 'options', 'handle'],
  simulated: false,
  isPackage: true,
}

/** Every kind of provider there is, by name. */
export const kinds: ReadonlyMap<string, Kind> = new Map([...called, aiSdk, simulated].map((kind) => [kind.name, kind]))

/** The names of all kinds. */
export const kindNames: readonly string[] = [...kinds.keys()]
