import { anthropicRow, anthropicRows } from '../providers/anthropic-rows.ts'
import { bedrockRow } from '../providers/bedrock.ts'
import { compatibleRows } from '../providers/compatible-rows.ts'
import type { Blank, ProviderRow } from '../providers/row.ts'
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
}

/** Where two have the same key, the first is the one that is found by it. */
const rows = [anthropicRow, ...compatibleRows, bedrockRow, ...anthropicRows.slice(1)]

const signing: Readonly<Record<'aws', readonly OwnField[]>> = {
  aws: ['accessKeyId', 'secretAccessKey', 'sessionToken'],
}

const called: readonly Kind[] = rows.map((row) => ({
  name: row.kind,
  environmentKeys: row.environmentKeys,
  needsKey: row.auth !== 'optional',
  hasAddress: row.baseUrl !== undefined,
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

/** Every kind of provider there is, by name. */
export const kinds: ReadonlyMap<string, Kind> = new Map([...called, simulated].map((kind) => [kind.name, kind]))

/** The names of all kinds. */
export const kindNames: readonly string[] = [...kinds.keys()]
