import type { Aside } from '../core/aside.ts'
import type { Caller } from '../core/call.ts'
import type { GatewayError } from '../core/errors.ts'
import type { Nanos } from '../core/money.ts'
import type { Priority } from '../core/priority.ts'
import type { StopSignal } from '../core/stop.ts'
import type { Usage } from '../core/usage.ts'
import type { Foresee } from '../foresee.ts'
import type { Gateway } from '../gateway.ts'
import type { Ask } from '../ledger/ledger.ts'
import type { Plan } from '../routing/plan.ts'
import type { FileStore } from '../stores/file-store.ts'

/** One attempt at a job, as a door of this gateway is asked for it. */
export interface Performing {
  /** The path of the door, with its query. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly caller: Caller
  /** Against others that wait for the same target. */
  readonly priority: Priority
  /** For this attempt, in milliseconds; undefined: as long as its model has it. */
  readonly timeoutMs: number | undefined
  /** Its reason is a GatewayError. */
  readonly signal: StopSignal
  /** What was set aside for it; undefined: nothing was. */
  readonly aside?: Aside | undefined
  /** Told of what a stream says, as it is said. */
  said(text: string): void
}

/** What an attempt came to: an answer as a live caller would have had it, and why it is none, where it is none. */
export interface Performed {
  readonly status: number
  readonly contentType: string
  readonly body: Uint8Array
  /** Undefined: it went well. */
  readonly error: GatewayError | undefined
  /** Under which ledger and records have it; undefined: it was refused before it was a call. */
  readonly call: string | undefined
  /** Undefined: unknown. */
  readonly costNanos: Nanos | undefined
  /** Undefined: unknown. */
  readonly usage: Usage | undefined
}

/** Does one attempt at a job through the doors that live calls use. Never rejects for what a live caller would be told. */
export type Perform = (asked: Performing) => Promise<Performed>

/** The doors of this gateway, as jobs ask for them. */
export interface JobDoors {
  readonly perform: Perform
  /**
   * Throws what a live call would be refused with before its body is read: `not_found`, `forbidden`, `unknown_model`,
   * `budget_exhausted`; and `invalid_request` for doors at which nothing can be done later.
   */
  check(caller: Caller, asked: { readonly endpoint: string; readonly model: string }): void
  /** What is to be set aside for a job of the budgets of its caller. Rejects with `price_unknown`, and as its door does. */
  foresee(asked: Pick<Performing, 'endpoint' | 'headers' | 'body' | 'caller'>): Promise<readonly Ask[]>
}

/** Makes the doors of a gateway that is being put together. */
export type MakeJobDoors = (gateway: {
  readonly gateway: Gateway
  readonly foresee: Foresee
  plan(): Plan
  /** What bodies may name. */
  readonly files: FileStore
}) => JobDoors
