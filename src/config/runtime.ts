import type { Logger } from 'pino'
import type { Control } from '../control/control.ts'
import type { Authenticate } from '../control/directory.ts'
import type { GatewayError } from '../core/errors.ts'
import type { TraceContext } from '../core/trace.ts'
import type { Explaining } from '../explain.ts'
import type { Gateway } from '../gateway.ts'
import type { JobControl } from '../jobs/job-control.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { WebhookControl } from '../jobs/webhook-control.ts'
import type { Ending, Worker } from '../jobs/worker.ts'
import type { GateStanding } from '../queueing/standing.ts'
import type { Plan } from '../routing/plan.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { AnswerCache } from '../stores/store.ts'
import type { Config } from './config.ts'
import type { Observing } from './observing.ts'
import type { TargetStanding } from './target-standings.ts'

/** Everything a configuration becomes. */
export interface Runtime {
  /** The one in force. */
  readonly config: Config
  readonly gateway: Gateway
  plan(): Plan
  readonly authenticate: Authenticate
  /** True while nobody ever had a key, so that everybody is let in. */
  readonly isOpen: boolean
  /**
   * Puts another configuration in force, whole or not at all, and gives the fields that hold only after a restart. Calls
   * under way end by what they began with; health, limits, leases and connections stay. Throws where it cannot be made.
   */
  replace(config: Config): readonly string[]
  /** Would everybody be let in with this configuration? */
  opensWith(config: Config): boolean
  /** Notes that a configuration was put in force, or could not be. */
  reloaded(isGood: boolean): void
  /** Providers that take keys of callers. */
  readonly clientKeys: ReadonlySet<string>
  /** What administrators can do. */
  readonly control: Control
  /** Answers that are kept; where no model keeps any, there are none. */
  readonly answers: AnswerCache
  /** Calls whose answers are fetched later. */
  readonly jobs: Jobs
  /** Who is told of their ends. */
  readonly webhooks: WebhookControl
  /** What administrators can do with jobs. */
  readonly jobControl: JobControl
  /** What messages to addresses of an owner are signed with. */
  webhookSecret(owner: string): string
  /** What callers uploaded, and what of jobs is too large for a row. */
  readonly files: FileStore
  /** Begins to do jobs in this process, so many at a time, until the worker or all of it is closed. */
  work(concurrency: number): Worker
  /** Takes no more jobs; fulfilled when those under way here are done or given back. */
  stopWork(ending: Ending): Promise<void>
  /** Throws `not_found` where they are switched off. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>
  /** Where the queues before targets stand. */
  queues(): readonly GateStanding[]
  /** What keeps calls for people, and tells of them. */
  readonly observing: Observing
  /** How the targets of configured models fare, and others that are named. */
  targets(others?: readonly string[]): readonly TargetStanding[]
  /** The trace that the application is in; undefined: none that is ours to follow. */
  currentTrace(): TraceContext | undefined
  /** Tells what would become of requests, without sending them. */
  readonly explaining: Explaining
  /** Counts a refusal that happened before there was a call. */
  refused(error: GatewayError, wire: string): void
  /** Counts a call that was turned away because there is too much to do. */
  shed(reason: string, whom: string): void
  readonly log: Logger
  /** Writes what the log still holds. */
  flush(): Promise<void>
  /** Ends calls that are under way, closes connections, and writes what is still to be written. */
  close(): Promise<void>
}
