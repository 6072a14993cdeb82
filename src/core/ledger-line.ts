import type { Operation } from './request.ts'
import type { Usage } from './usage.ts'

/** One attempt in the ledger. What is unknown is absent; nothing of the conversation is kept. */
export interface LedgerLine {
  readonly call: string
  /** Of the attempt within the call, from 1. */
  readonly ordinal: number
  /**
   * The call made no attempt after this one. Set on one line of each call, so that calls can be counted; known at the
   * end of the call, so all its lines are written then.
   */
  readonly last?: boolean | undefined
  /** Unix milliseconds of its end. */
  readonly at: number
  readonly durationMs: number
  readonly firstTokenMs?: number | undefined
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly key: string
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** The public model. */
  readonly model: string
  /** `provider/model`. */
  readonly target: string
  readonly operation: Operation
  readonly stream: boolean
  /** `ok`, or a name of `outcomes`. */
  readonly outcome: string
  readonly error?: string | undefined
  readonly usage?: Usage | undefined
  /** Nano-dollars as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  /** Nano-dollars that were held for it; absent: no budget asked. */
  readonly held?: string | undefined
}
