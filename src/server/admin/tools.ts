import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Observing } from '../../config/observing.ts'
import type { Reloader } from '../../config/reload.ts'
import type { TargetStanding } from '../../config/target-standings.ts'
import type { Control } from '../../control/control.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { RecallStanding } from '../../core/recall-standing.ts'
import type { Explaining } from '../../explain.ts'
import type { JobControl } from '../../jobs/job-control.ts'
import type { WebhookControl } from '../../jobs/webhook-control.ts'
import type { GateStanding } from '../../queueing/standing.ts'
import type { Principal } from './permission.ts'

/** The configuration in force, and how to read it again. */
export interface ConfigurationTools {
  readonly reloader: Reloader
  /** As it may be shown: without secrets. */
  described(): Readonly<Record<string, unknown>>
}

/** What is kept of calls, and what happens now. */
export interface ObservingTools
  extends Pick<Observing, 'calls' | 'live' | 'flush'>,
    Partial<Pick<Observing, 'quality' | 'bodiesOf'>> {
  /** How the targets of configured models fare, and others that are named. */
  targets(others?: readonly string[]): readonly TargetStanding[]
  /** Calls under way. */
  inFlight(): number
  /** What callers said of a call's answer. Undefined: they cannot. */
  readonly feedbackOf?: ((call: string) => Promise<readonly object[]>) | undefined
}

/** What the routes work with. */
export interface AdminTools {
  readonly control: Control
  configSchema(): object
  /** Where the queues before targets stand. Undefined: there are none. */
  readonly queues?: (() => readonly GateStanding[]) | undefined
  /** How answering like similar questions goes. Undefined: that is never done. */
  readonly recall?: (() => readonly RecallStanding[]) | undefined
  /** Undefined: nothing is kept of calls, and nothing can be followed. */
  readonly observing?: ObservingTools | undefined
  /** Undefined where nobody gave one: its routes tell that there is none. */
  readonly configuration?: ConfigurationTools | undefined
  /** Tells what would become of requests. Undefined: that cannot be told here. */
  readonly explaining?: Explaining | undefined
  /** Undefined: nobody is told of jobs. */
  readonly webhooks?: WebhookControl | undefined
  /** Undefined: there are no jobs. */
  readonly jobs?: JobControl | undefined
  refused(error: GatewayError): void
}

/** What comes with every request: who asks. */
export interface AdminEnvironment {
  Bindings: { readonly principal: Principal | undefined }
}

export type AdminApp = OpenAPIHono<AdminEnvironment>
