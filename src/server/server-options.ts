import type { IncomingMessage } from 'node:http'
import type { Authenticate } from '../control/directory.ts'
import type { GatewayError } from '../core/errors.ts'
import type { Gateway } from '../gateway.ts'
import type { Plan } from '../routing/plan.ts'
import type { Admin } from './admin/index.ts'
import type { KeptDoorsOptions } from './kept-doors.ts'
import type { ListenerOptions } from './listener.ts'
import type { Overload } from './overload.ts'

/** What a server for callers is made of. */
export interface ServerOptions extends ListenerOptions, KeptDoorsOptions {
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True while nobody ever had a key: then only this machine is served. Read with every request. */
  readonly open: boolean
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Told of every refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  /** Turns calls away where there are too many; undefined: none is. */
  readonly overload?: Overload | undefined
  /** Providers that take keys of callers. Default: none. */
  readonly clientKeys?: ReadonlySet<string> | undefined
  /** Bytes of bodies in memory at once. Default 1 GiB. */
  readonly maxBodiesBytes?: number | undefined
  /** What is under `/admin/`; undefined: nothing is there, at this address. */
  readonly admin?: Pick<Admin, 'handle'> | undefined
  /** Lets an operator from another machine in, or throws. Undefined: only this machine is let in. */
  admit?(request: IncomingMessage): unknown
  /** Default 10 000. */
  readonly keepAliveMs?: number | undefined
  /** A caller that takes nothing for this long is given up. Default 60 000. */
  readonly writeStallMs?: number | undefined
}
