import type { PostLimits } from '../transport/webhook-post.ts'
import type { CircuitOptions } from './webhook-circuit.ts'

/** How often, how long and how much; times in milliseconds. */
export interface Pace
  extends Omit<PostLimits, 'now' | 'signal'>,
    Pick<CircuitOptions, 'failures' | 'restMs' | 'patienceMs'> {
  /** Before each attempt. Default: `deliveryPausesMs`. */
  readonly pausesMs?: readonly number[] | undefined
  /** Default 1 000. */
  readonly pollMs?: number | undefined
  /** Events of this process that are under way at once. Default 256. */
  readonly most?: number | undefined
  /** Events of one endpoint that are under way at once, in all processes. Default 4. */
  readonly perEndpoint?: number | undefined
  /** After so long an event of a process that died is sent by another. Default 30 000. */
  readonly leaseMs?: number | undefined
  /** How long `close` waits for what is under way. Default 5 000. */
  readonly closeMs?: number | undefined
}

/** Tells endpoints of ends of jobs, each at least once, in whichever process has room. */
export interface Webhooks {
  /** Looks for events now: a job ended, or one is to be sent again. */
  wake(): void
  /** Takes no more, waits a moment for what is under way, unless told to `hurry`, then cuts it; that is sent again by whoever comes next. */
  close(hurry?: AbortSignal): Promise<void>
}

/** Where the dispatcher writes down what operators should know. */
export interface WebhookLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
