import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createAdminApp } from './app.ts'
import type { Principal } from './permission.ts'
import type { AdminTools } from './tools.ts'

/** Answers what was let in. */
export const createAdminListener = (
  tools: AdminTools,
): ((request: IncomingMessage, response: ServerResponse, principal: Principal) => Promise<void>) => {
  const app = createAdminApp(tools)
  const principals = new WeakMap<object, Principal>()
  const listener = getRequestListener(
    (request, { incoming }) => app.fetch(request, { principal: principals.get(incoming) }),
    { overrideGlobalObjects: false },
  )
  return (request, response, principal) => {
    principals.set(request, principal)
    return listener(request, response)
  }
}
