import type { Call } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { Plan, Route } from './plan.ts'

/** The route of a call's model, and its name in the diary. Throws `unknown_model` where there is none for this caller. */
export const findRoute = (plan: Plan, call: Call): Route => {
  const { model } = call.request
  const { models } = call.caller
  const route = plan.find(model)
  // A name that is not served and a name that is not allowed look the same: keys cannot be used to list models.
  if (!route || (models && !models.includes(route.name))) {
    throw new GatewayError(
      'unknown_model',
      `The model ${JSON.stringify(model)} does not exist or is not open to this key.`,
      {
        param: 'model',
      },
    )
  }
  call.notes.model = route.listed ? route.name : 'unlisted'
  return route
}
