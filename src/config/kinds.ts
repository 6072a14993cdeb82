import { anthropicRow } from '../providers/anthropic.ts'
import { compatibleRows } from '../providers/compatible-rows.ts'

/** What the configuration knows of a kind of provider. */
export interface Kind {
  readonly name: string
  /** Where its key usually is in the environment; the first that is set counts. */
  readonly environmentKeys: readonly string[]
  /** Does it refuse calls without a key? */
  readonly needsKey: boolean
  /** Is it always at the same address, so that none need be written? */
  readonly hasAddress: boolean
  /** Does it only pretend, inside this process? */
  readonly simulated: boolean
}

const called: readonly Kind[] = [anthropicRow, ...compatibleRows].map((row) => ({
  name: row.kind,
  environmentKeys: row.environmentKeys,
  needsKey: row.auth !== 'optional',
  hasAddress: row.baseUrl !== undefined,
  simulated: false,
}))

const simulated: Kind = {
  name: 'simulated',
  environmentKeys: [],
  needsKey: false,
  hasAddress: false,
  simulated: true,
}

/** Every kind of provider there is, by name. */
export const kinds: ReadonlyMap<string, Kind> = new Map([...called, simulated].map((kind) => [kind.name, kind]))

/** The names of all kinds. */
export const kindNames: readonly string[] = [...kinds.keys()]
