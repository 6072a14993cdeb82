import { ConfigError } from '../config/complaints.ts'
import { GatewayError } from '../core/errors.ts'
import { printJson, tell } from './output.ts'

/** Something the command line could not do, in words that need no stack. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
}

/** Options that do not go together, or a word that is none of those known: the command ends with the code for usage. */
export class Misuse extends Failure {
  override readonly name = 'Misuse'
}

/** Says what went wrong: in words to standard error, or as JSON where JSON was asked for. */
export const tellFailure = (error: unknown, json: boolean): void => {
  if (json) printJson({ error: describe(error) })
  else tell(wordsFor(error))
}

const wordsFor = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof Failure) return error.message
  if (!(error instanceof GatewayError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (error.code === 'store_unavailable') return operatorsWords(error)
  const tries = attemptsOf(error).map(({ target, outcome }) => `${target} (${outcome})`)
  return `${error.code}: ${error.message}${tries.length === 0 ? '' : `\n-- tried ${tries.join(', then ')}`}`
}

/** Callers are told that the store fails; who sits at the machine is told why, and which file, where that is not said yet. */
const operatorsWords = ({ message, details: { cause } }: GatewayError): string =>
  cause instanceof Error && !cause.message.includes(message) ? `${message}\n-- ${cause.message}` : message

const describe = (error: unknown): unknown => {
  if (error instanceof ConfigError) return { message: error.message, complaints: error.complaints }
  if (!(error instanceof GatewayError)) return { message: error instanceof Error ? error.message : String(error) }
  const message = error.code === 'store_unavailable' ? operatorsWords(error) : error.message
  return { code: error.code, status: error.status, message, attempts: attemptsOf(error) }
}

interface Try {
  readonly target: string
  readonly outcome: string
}

const attemptsOf = (error: GatewayError): readonly Try[] => (error.details.facts?.attempts ?? []) as unknown as Try[]
