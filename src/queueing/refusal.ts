import { type ErrorCode, GatewayError } from '../core/errors.ts'

/**
 * Why somebody does not wait, or no longer. `full`: all places are taken. `share`: its tenant has its quarter of them.
 * `hopeless`: its turn would come too late. `late`: its turn did not come in time. `evicted`: its tenant had more places
 * than others leave it.
 */
export type ShedReason = 'full' | 'share' | 'hopeless' | 'late' | 'evicted'

export const shedReasons: readonly ShedReason[] = ['full', 'share', 'hopeless', 'late', 'evicted']

/** What is known of a queue when somebody is refused. */
export interface QueueState {
  readonly queue: string
  readonly waiting: number
  readonly length: number
  /** Until a turn would come, in milliseconds. */
  readonly waitMs: number
}

const words: Readonly<Record<ShedReason, (state: QueueState) => string>> = {
  full: ({ length }) => `All ${length} places are taken.`,
  share: ({ length }) => `This key has its quarter of the ${length} places.`,
  hopeless: ({ waitMs }) => `Its turn would come in about ${seconds(waitMs)}, which is too late.`,
  late: ({ waitMs }) => `Its turn did not come in time; it would take ${seconds(waitMs)} more.`,
  evicted: () => 'Others need the places that this key had beyond its quarter.',
}

const codes: Readonly<Record<ShedReason, ErrorCode>> = {
  full: 'queue_full',
  share: 'queue_full',
  evicted: 'queue_full',
  hopeless: 'queue_timeout',
  late: 'queue_timeout',
}

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1_000))} s`

/** The refusal of a place, or of more waiting. Another target may be free. */
export const shed = (reason: ShedReason, state: QueueState): GatewayError =>
  new GatewayError(codes[reason], `${state.waiting} calls wait for ${state.queue}. ${words[reason](state)}`, {
    outcome: 'incapable',
    retryAfterMs: Math.max(1_000, Math.ceil(state.waitMs)),
    facts: {
      queue: {
        name: state.queue,
        reason,
        waiting: state.waiting,
        length: state.length,
        waitMs: Math.ceil(state.waitMs),
      },
    },
  })
