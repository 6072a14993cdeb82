import type { KeptUsage } from './kept-usage.ts'
import type { Operation } from './request.ts'

/** One attempt in the ledger, or one call that was answered from memory. What is unknown is absent; nothing of the conversation is kept. */
export interface LedgerLine {
  readonly call: string
  /** Of the attempt within the call, from 1; 0 for a call that was answered from memory. */
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
  /** `provider/model`; of an answer from memory the one that gave it first. */
  readonly target: string
  readonly operation: Operation
  readonly stream: boolean
  /** `ok`, or a name of `outcomes`. */
  readonly outcome: string
  readonly error?: string | undefined
  readonly usage?: KeptUsage | undefined
  /** Nano-dollars as decimal digits; absent: unknown. */
  readonly cost?: string | undefined
  /** Nano-dollars that were held for it; absent: no budget asked. */
  readonly held?: string | undefined
  /** How memory answered the call, which made no attempt then; absent: a provider was asked. */
  readonly memory?: 'hit' | 'stale' | 'semantic' | 'coalesced' | undefined
  /** Nano-dollars that the call did not cost because of memory; absent: nothing, or for an answer from memory unknown. */
  readonly saved?: string | undefined
}
