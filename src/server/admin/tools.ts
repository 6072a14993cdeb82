import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Reloader } from '../../config/reload.ts'
import type { Control } from '../../control/control.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { RecallStanding } from '../../core/recall-standing.ts'
import type { GateStanding } from '../../queueing/standing.ts'
import type { Principal } from './permission.ts'

/** The configuration in force, and how to read it again. */
export interface ConfigurationTools {
  readonly reloader: Reloader
  /** As it may be shown: without secrets. */
  described(): Readonly<Record<string, unknown>>
}

/** What the routes work with. */
export interface AdminTools {
  readonly control: Control
  configSchema(): object
  /** Where the queues before targets stand. Undefined: there are none. */
  readonly queues?: (() => readonly GateStanding[]) | undefined
  /** How answering like similar questions goes. Undefined: that is never done. */
  readonly recall?: (() => readonly RecallStanding[]) | undefined
  /** Undefined where nobody gave one: its routes tell that there is none. */
  readonly configuration?: ConfigurationTools | undefined
  refused(error: GatewayError): void
}

/** What comes with every request: who asks. */
export interface AdminEnvironment {
  Bindings: { readonly principal: Principal | undefined }
}

export type AdminApp = OpenAPIHono<AdminEnvironment>
