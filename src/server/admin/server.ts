import type { IncomingMessage, ServerResponse } from 'node:http'
import { asGatewayError, GatewayError } from '../../core/errors.ts'
import { Connections } from '../connections.ts'
import { createListener, type ListenerOptions } from '../listener.ts'
import type { GatewayServer } from '../node.ts'
import { refuse } from '../refusal.ts'
import { checkStrictly, pathOf } from '../strict.ts'
import type { Admin, AdminOptions } from './index.ts'
import { adminWords } from './words.ts'

export interface AdminServerOptions extends ListenerOptions {
  readonly admin: Pick<Admin, 'handle'>
  readonly refused: AdminOptions['refused']
}

/** A listener of its own for the administrators' door; nothing else is behind it. */
export const createAdminServer = (options: AdminServerOptions): GatewayServer => {
  const connections = new Connections()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!connections.take(response)) return
    try {
      checkStrictly(request)
      const path = pathOf(request.url ?? '')
      if (path !== '/admin' && !path.startsWith('/admin/')) {
        throw new GatewayError('not_found', 'There is nothing here but what is under /admin/.')
      }
      await options.admin.handle(request, response)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      options.refused(error)
      if (!request.complete) connections.endWith(response)
      refuse(response, error, adminWords)
    }
  }
  return { server: createListener(options, { connections, handle }), drain: () => {} }
}
