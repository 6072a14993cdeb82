import { fillBlanks, isBlankValue } from '../providers/blanks.ts'
import type { Blank } from '../providers/row.ts'
import { baseUrlProblem } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { Environment } from './expand.ts'
import type { Complain } from './issues.ts'
import type { Kind } from './kinds.ts'

/** Where a provider is, as it is written. */
export interface WrittenAddress {
  readonly baseUrl?: string | undefined
  readonly account?: string | undefined
  readonly region?: string | undefined
}

interface Surroundings {
  readonly environment: Environment
  readonly complain: Complain
}

const fromEnvironment = ({ environmentKeys }: Blank, environment: Environment): string | undefined => {
  const variable = environmentKeys.find((name) => environment[name])
  return variable === undefined ? undefined : environment[variable]
}

/** The usual address of a kind that leaves something open, where the environment fills it; undefined otherwise. */
export const usualAddress = (kind: Kind, environment: Environment): string | undefined => {
  if (kind.blanks.length === 0) return undefined
  const values = Object.fromEntries(kind.blanks.map((blank) => [blank.name, fromEnvironment(blank, environment)]))
  if (Object.values(values).some((value) => value !== undefined && !isBlankValue(value))) return undefined
  return fillBlanks(kind.baseUrl, kind.blanks, values)
}

/** The address of a provider, or undefined where it is the usual one, or after a complaint. */
export const addressOf = (
  value: WrittenAddress,
  kind: Kind,
  path: Path,
  surroundings: Surroundings,
): string | undefined => {
  const { complain } = surroundings
  const at: Path = [...path, 'baseUrl']
  if (value.baseUrl === undefined) {
    if (kind.blanks.length > 0) return filled(value, kind, path, surroundings)
    if (!kind.hasAddress) complain(at, `is missing; the kind ${kind.name} has no usual address`)
    return undefined
  }
  const problem = baseUrlProblem(value.baseUrl)
  if (problem !== undefined) complain(at, problem)
  for (const { name } of kind.blanks)
    if (value[name] !== undefined && !(name === 'region' && kind.signs))
      complain([...path, name], 'stands in the usual address; `baseUrl` gives another', 'key')
  return value.baseUrl.replace(/\/+$/, '')
}

const filled = (
  written: WrittenAddress,
  kind: Kind,
  path: Path,
  { environment, complain }: Surroundings,
): string | undefined => {
  const values: Record<string, string> = {}
  for (const blank of kind.blanks) {
    const value = written[blank.name] ?? fromEnvironment(blank, environment) ?? blank.usual
    const at: Path = [...path, blank.name]
    if (value === undefined) {
      const variables = blank.environmentKeys.length === 0 ? '' : `, or set ${blank.environmentKeys.join(' or ')}`
      complain(at, `is missing; write ${blank.meaning}${variables}`)
    } else if (!isBlankValue(value)) complain(at, 'expected letters, digits, ".", "-" and "_", at most 128')
    else values[blank.name] = value
  }
  return kind.blanks.every(({ name }) => values[name] !== undefined)
    ? fillBlanks(kind.baseUrl, kind.blanks, values)
    : undefined
}
