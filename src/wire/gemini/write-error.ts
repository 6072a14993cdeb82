import type { Form } from '../../core/answer.ts'
import type { GatewayError } from '../../core/errors.ts'
import { writeDetails } from './error-details.ts'
import { statusWord } from './errors.ts'

/** An error for a caller: a whole body, or the event after which a stream says nothing more. */
export const writeError = (error: GatewayError, form: Form): string => {
  const { param, facts } = error.details
  const body = JSON.stringify({
    error: {
      code: error.status,
      message: error.message,
      status: statusWord(error),
      details: writeDetails(error),
    },
    tollgate: { code: error.code, param, ...facts },
  })
  return form === 'whole' ? body : `data: ${body}\n\n`
}
