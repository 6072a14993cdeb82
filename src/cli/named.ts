import { hint } from '../config/suggest.ts'
import { GatewayError } from '../core/errors.ts'

/** Something by its name, and how to learn which names there are. */
export interface Naming {
  readonly what: string
  readonly name: string
  known(): Promise<readonly string[]>
}

/** Does work on what has a name. Where nothing has it, the failure tells which name was probably meant. */
export const named = async <T>({ what, name, known }: Naming, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'not_found') throw error
    const names = await known()
    const near = names.length === 0 ? '; there are none' : hint(name, names)
    throw new GatewayError('not_found', `There is no ${what} ${JSON.stringify(name)}${near}`, { cause: error })
  }
}
