import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Control } from '../../control/control.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { Principal } from './permission.ts'

/** What the routes work with. */
export interface AdminTools {
  readonly control: Control
  configSchema(): object
  refused(error: GatewayError): void
}

/** What comes with every request: who asks. */
export interface AdminEnvironment {
  Bindings: { readonly principal: Principal | undefined }
}

export type AdminApp = OpenAPIHono<AdminEnvironment>
