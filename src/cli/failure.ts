import { ConfigError } from '../config/complaints.ts'
import { GatewayError } from '../core/errors.ts'
import { printJson, tell } from './output.ts'

/** Something the command line could not do, in words that need no stack. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** Says what went wrong: in words to standard error, or as JSON where JSON was asked for. */
export const tellFailure = (error: unknown, json: boolean): void => {
  if (json) printJson({ error: describe(error) })
  else tell(wordsFor(error))
}

const wordsFor = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof Failure) return error.message
  if (!(error instanceof GatewayError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const tries = attemptsOf(error).map(({ target, outcome }) => `${target} (${outcome})`)
  return `${error.code}: ${error.message}${tries.length === 0 ? '' : `\n-- tried ${tries.join(', then ')}`}`
}

const describe = (error: unknown): unknown => {
  if (error instanceof ConfigError) return { message: error.message, complaints: error.complaints }
  if (!(error instanceof GatewayError)) return { message: error instanceof Error ? error.message : String(error) }
  return { code: error.code, status: error.status, message: error.message, attempts: attemptsOf(error) }
}

interface Try {
  readonly target: string
  readonly outcome: string
}

const attemptsOf = (error: GatewayError): readonly Try[] => (error.details.facts?.attempts ?? []) as unknown as Try[]
