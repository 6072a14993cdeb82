import { randomFillSync } from 'node:crypto'
import type { Aside } from './aside.ts'
import type { ErrorCode } from './errors.ts'
import type { Identity, Likeness } from './identity.ts'
import type { KeyCache } from './key-cache.ts'
import type { LimitStanding } from './limit-standing.ts'
import type { Nanos } from './money.ts'
import type { Outcome } from './outcome.ts'
import type { OutputNote, OutputRules } from './output-rules.ts'
import type { Priority } from './priority.ts'
import type { ProviderKey } from './provider-key.ts'
import type { QueueLimits, QueuePlace } from './queue-limits.ts'
import type { Request } from './request.ts'
import type { Said } from './said.ts'
import type { StopSignal } from './stop.ts'
import type { Target } from './target.ts'
import type { TraceContext } from './trace.ts'
import { addUsage, noUsage, type Usage } from './usage.ts'

/** Who asks. */
export interface Caller {
  /** The name of the virtual key, or `anonymous` where none is configured, or `library`. */
  readonly key: string
  readonly org?: string | undefined
  readonly team?: string | undefined
  /** Whom the key belongs to. */
  readonly user?: string | undefined
  /** Whom the application asks for, by its own word. */
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
  /** Public model names this caller may use; undefined: all. They bind fallback targets too. */
  readonly models?: readonly string[] | undefined
  /** Doors this caller may use, as paths; undefined: all. */
  readonly doors?: readonly string[] | undefined
  /** The most urgent that its calls may be where they wait; undefined: normal. */
  readonly priority?: Priority | undefined
  /** Its share against others that wait, more than 0; undefined: 1. */
  readonly weight?: number | undefined
  /** How far it goes with answers from memory; undefined: as far as the model does. */
  readonly cache?: KeyCache | undefined
}

/** One thing asked of the gateway. Read-only: a stage that changes it passes on a copy. */
export interface Call {
  readonly id: string
  /** Unix milliseconds, for people. */
  readonly startedAt: number
  /** Milliseconds of the process clock, for arithmetic. */
  readonly started: number
  /** On the process clock; covers queueing, every attempt, back-off and repair. */
  readonly deadline: number
  readonly request: Request
  readonly caller: Caller
  /** Used in place of the gateway's own at its provider. */
  readonly providerKey?: ProviderKey | undefined
  /** The one way to stop. Its reason is a GatewayError (`cancelled` or `deadline_exceeded`). */
  readonly signal: StopSignal
  readonly account: Account
  readonly notes: Notes
  readonly noFallback: boolean
  /** How often the caller's SDK has retried this already, by its own word. */
  readonly retryCount: number
  /** Against others that wait for the same target; undefined: normal. */
  readonly priority?: Priority | undefined
  /** The caller's own name for it: asked again under the same one it is answered the same. Undefined: it has none. */
  readonly idempotencyKey?: string | undefined
  /** What the caller wishes of answers from memory; undefined: as the model has it. */
  readonly cacheWish?: CacheWish | undefined
  /** The trace that it belongs to; undefined: none that anybody told of. */
  readonly trace?: TraceContext | undefined
  /** What makes it the same as another call; undefined: it is answered for itself alone. Set by the stage `cache`. */
  readonly identity?: Identity | undefined
  /** What its answer is kept with, so that questions which say nearly the same can be compared with it. Set by the stage `recall`. */
  readonly likeness?: (Likeness & { readonly vector: Float32Array }) | undefined
  /** What is done so that its answer satisfies its format; undefined: as its model has it. */
  readonly output?: OutputRules | undefined
  /** Is its answer held against its format, so that a target without formats may be told of it in words? Set by the stage `conform`. */
  readonly conforms?: boolean | undefined
}

/** What a caller wishes of answers from memory, within what its model allows. */
export interface CacheWish {
  /** May the answer come from memory, or from an equal call under way? Default true. */
  readonly read?: boolean | undefined
  /** May the answer be kept? Default true. */
  readonly keep?: boolean | undefined
  /** It must not be older than this. */
  readonly maxAgeMs?: number | undefined
  /** May it be the answer to a question that says nearly the same? Default as the model has it; true cannot be more than that. */
  readonly semantic?: boolean | undefined
}

/** The four clocks of an attempt, in milliseconds; each has its own error. The fifth, the call's deadline, covers them all. */
export interface Timeouts {
  /** To the first semantic event of a stream. Default 120 000. */
  readonly firstTokenMs: number
  /** Between any two bytes of a stream. Default 60 000. */
  readonly idleMs: number
  /** Between two events that say something, pings excluded. Default 180 000. */
  readonly progressMs: number
}

export interface Attempt extends Call {
  readonly target: Target
  readonly timeouts: Timeouts
  /** 1 for the first. */
  readonly ordinal: number
  readonly line: AttemptLine
  /** How it waits for its target; undefined or false: it does not. */
  readonly queue?: QueueLimits | false | undefined
  /** The caller's trace where its provider is told of it; undefined: it is not. */
  readonly passedTrace?: TraceContext | undefined
}

/** What one attempt came to; written while it runs, final when `outcome` is set. */
export interface AttemptLine {
  readonly target: string
  readonly ordinal: number
  /** On the process clock; where it waited for its target, the end of that. */
  started: number
  /** How long it waited for its target; absent: its target has no queue. */
  queuedMs?: number
  ended?: number
  outcome?: Outcome | 'ok'
  error?: ErrorCode
  status?: number
  /** Absent: nothing is known of what it used. */
  usage?: Usage
  /** Absent: unknown (no usage, or no price). Zero: nothing was charged. */
  costNanos?: Nanos
  /** False while nothing has left for the upstream; absent where that is not known, and then it counts as sent. */
  sent?: boolean
  /** The most it could cost, set aside before it was sent; absent: no budget asked for it. */
  heldNanos?: Nanos
  /** It was made because the one before was late, while that one went on. */
  readonly hedge?: true
}

/** Attempts and money of one call, shared by all its copies, so that the ceiling covers them all. */
export interface Account {
  readonly attempts: AttemptLine[]
  /** Money that was set aside for it before it was made; absent: none was. */
  readonly aside?: Aside | undefined
  /** Its attempts went on for others when it left: they stand in another record, and what they use is not known yet. */
  handedOver?: boolean
}

/** The call's diary: written by stages, read only by `record` and by what tells the caller. */
export interface Notes {
  /** The public model, once it was found. */
  model?: string
  /** Targets in the order in which they were to be tried. */
  order?: readonly string[]
  /** Targets that were left out, and why. */
  skipped?: { readonly target: string; readonly reason: string }[]
  /** What became of asking a second target because the first was late; absent: that was not called for. */
  hedge?: HedgeOutcome
  /** What the gateway asked this for itself; absent: a caller asked. */
  readonly purpose?: Purpose
  /** The id of the call that it was asked for. */
  readonly parent?: string
  /** Was a copy of this call to go to another target? `full`: there were too many copies under way. */
  mirror?: 'sent' | 'full'
  /** When the first semantic event came, on the process clock. */
  firstTokenAt?: number
  /** Where the caller's tightest limits stood when the call was let in. */
  limits?: readonly LimitStanding[]
  /** How long it waited for targets, in milliseconds; absent: none of them has a queue. */
  queuedMs?: number
  /** Tells where it stands while it waits for a target; absent: it does not wait. */
  waiting?: (() => QueuePlace) | undefined
  /** Its output was cut to what its caller's budget covers, so its answer is none for others. */
  shortened?: true
  /** What was done so that its answer satisfies its format; absent: nothing had to be looked at. */
  output?: OutputNote
  /** What memory had to do with its answer; absent: nothing could be. */
  cache?: CacheNote
  /** What became of the caller's key for it; absent: it has none. */
  idempotency?: IdempotencyOutcome
  /** The id of the call whose answer was given again; absent: it was answered for itself. */
  replayOf?: string
  /** What is said in it; absent: no sink was told to carry that. */
  said?: Said
}

/**
 * `first`: it was asked. `replayed`: its answer was there. `waited`: its answer came while it waited for an equal call.
 * `conflict`: an equal call took longer than this one could wait. `mismatch`: something else was asked under its key.
 */
export type IdempotencyOutcome = 'first' | 'replayed' | 'waited' | 'conflict' | 'mismatch'

/**
 * What the gateway asks for itself. `mirror`: a copy for another target. `flight`: what several equal calls ask together,
 * when the first of them is gone. `refresh`: a new answer in place of a kept one. `embed`: vectors to compare questions by.
 * `check`: was an answer to a similar question the right one, or is it the same again? `judge`: do two answers say the same?
 */
export type Purpose = 'mirror' | 'flight' | 'refresh' | 'embed' | 'check' | 'judge'

/** What memory had to do with an answer. */
export interface CacheNote {
  /** `stale`: a hit that is being renewed. `off`: not looked for, by the caller's wish or because it is not safe. */
  readonly outcome: 'hit' | 'stale' | 'semantic' | 'coalesced' | 'miss' | 'off'
  /** How old the answer was. */
  readonly ageMs?: number
  /** The target that answered first. */
  readonly target?: string
  /** What the answer cost the first time, which it did not cost now; absent: unknown. */
  readonly savedNanos?: Nanos
  /** How much sooner it was there than the first time. */
  readonly savedMs?: number
  /** In shadow mode: it would have been answered like a similar question. */
  readonly wouldHit?: boolean
  /** Items of an embeddings request that were known, of all. */
  readonly items?: { readonly known: number; readonly all: number }
}

/**
 * `won`: it answered. `lost`: the first one did. `failed`: it could not answer. `denied`: no budget or limit let it be sent.
 * `capped`: as many were asked twice already as may be.
 */
export type HedgeOutcome = 'won' | 'lost' | 'failed' | 'denied' | 'capped'

/** Did an attempt reach its upstream, as far as is known? */
export const wasSent = (line: AttemptLine): boolean =>
  line.sent !== false && line.outcome !== 'incapable' && line.outcome !== 'not_sent'

/** The cost of all attempts; undefined as soon as one of them is unknown. */
export const costOfCall = (account: Account): Nanos | undefined => {
  let total = 0n
  for (const line of account.attempts) {
    if (line.costNanos === undefined) return undefined
    total += line.costNanos
  }
  return total
}

/** What all attempts used; undefined as soon as that of one of them is unknown. */
export const usageOfCall = ({ attempts }: Account): Usage | undefined => {
  let sum = noUsage
  for (const { usage } of attempts) {
    if (usage === undefined) return undefined
    sum = addUsage(sum, usage)
  }
  return sum
}

const idBytes = 18
const pool = Buffer.alloc(idBytes * 256)
let used = pool.length

/**
 * A new random id of 24 characters (144 bits), cheap enough for every call: randomness is drawn for 256 at a time. Written in
 * one piece: one that was put together of pieces is slow to write as JSON, each time.
 */
export const createId = (): string => {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += idBytes
  return pool.toString('base64url', used - idBytes, used)
}
