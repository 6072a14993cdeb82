import type { LedgerLine } from '../core/ledger-line.ts'
import type { Scope } from '../core/scope.ts'
import type { Window } from '../core/window.ts'
import type { FileStore } from './file-store.ts'
import type { JobStore, JobWork } from './job-store.ts'
import type { Shortage, Want } from './want.ts'
import type { WebhookStore } from './webhook-store.ts'

export type { AnswerCache, CacheEntry, CacheFilter, CacheStanding, Finding, SimilarEntry } from './answer-cache.ts'
export type { Shortage, Want } from './want.ts'
export type { DeliveryAttempt, EndpointStanding, WebhookEvent, WebhookStore } from './webhook-store.ts'

/** A part of an allowance that one process may spend without asking again. */
export interface Slice {
  readonly id: number
  readonly allowance: string
  readonly subject: Scope
  /** The period it belongs to and what was settled and leased to all processes in the window by then, itself included. */
  readonly start: number
  readonly end: number
  readonly amount: bigint
  readonly settled: bigint
  readonly leased: bigint
}

export type Leased =
  | { readonly ok: true; readonly slices: readonly Slice[] }
  | { readonly ok: false; readonly short: Shortage }

/** What was used of a slice since the last booking, and what goes back unused. */
export interface Booking {
  readonly slice: number
  readonly used: bigint
  readonly back: bigint
}

/** What was used without a slice: soft budgets, and what cost more than was held. */
export interface Charge {
  readonly allowance: string
  readonly subject: Scope
  readonly window: Window
  readonly limit: bigint
  readonly used: bigint
  /** Percents to be told of when they are reached. */
  readonly alerts: readonly number[]
}

/** Everything that goes into one transaction: lines, and the money and counts they stand for. */
export interface Batch {
  /** Rising by one for each batch of this process: one that was booked before is not booked again. */
  readonly sequence: number
  readonly bookings: readonly Booking[]
  readonly charges: readonly Charge[]
  /** One `LedgerLine` as JSON per line, with a line feed after each; empty: none. */
  readonly lines: string
  readonly count: number
  /** What the store's own `LineSummer` made of these lines; empty or absent: nothing. */
  readonly sums?: string | undefined
  /** Unix milliseconds of the first and the last line. */
  readonly from: number
  readonly to: number
}

/** Adds lines up for a store's reports as they are written, so that nobody has to read them again for that. */
export interface LineSummer {
  add(line: LedgerLine): void
  /** The sums of all lines since the last time, in the store's own words; empty where there are too many different ones. */
  take(): string
}

/** An alert threshold that was passed; told once per period, whichever process passed it. */
export interface Crossed {
  readonly allowance: string
  readonly subject: Scope
  readonly percent: number
  readonly settled: bigint
  readonly limit: bigint
  readonly start: number
}

export interface Standing {
  readonly allowance: string
  readonly subject: Scope
  readonly start: number
  readonly end: number
  readonly settled: bigint
  readonly leased: bigint
  /** Part of `settled` that was charged for processes that died. */
  readonly lost: bigint
}

/** What a ledger store tells the process that holds it. */
export interface LedgerEvents {
  /** Another process found too little of these: give back what is free. */
  recall(wanted: readonly { readonly allowance: string; readonly subject: Scope }[]): void
  /** This process was taken for dead: its slices are gone; ask anew. What was used of them is booked all the same. */
  fenced(): void
  crossed(alerts: readonly Crossed[]): void
}

/**
 * The authority on allowances: what was settled, and what is leased to which process. `settled + leased ≤ limit` in
 * every transaction. Every time is the store's own, which never goes back.
 */
export interface LedgerStore {
  /** All wants or none, in one durable transaction. A shortage marks the allowance, so that others give back. */
  lease(wants: readonly Want[]): Promise<Leased>
  /** Books a batch, once, in one durable transaction. */
  settle(batch: Batch): Promise<void>
  /** Adds up the lines of the batches to come; absent: this store needs no such help. */
  createSummer?(): LineSummer
  standing(allowance: string, subject: Scope, window: Window): Promise<Standing | undefined>
  /** Live processes that share this store, this one included. At least 1; as of the last heartbeat. */
  readonly processes: number
  listen(events: LedgerEvents): void
  /** Gives back what this process holds and takes its name off the list. */
  close(): Promise<void>
}

/** What administrators made, by kind: documents with a name, beside those of the configuration. */
export type ControlKind = 'key' | 'org' | 'team' | 'user' | 'allowance' | 'cache' | 'webhook' | 'job' | 'call'

export interface ControlEntry {
  readonly kind: ControlKind
  /** Unique within its kind. */
  readonly name: string
  /** JSON. Secrets are never in it, only digests. */
  readonly document: string
  /** Rises with every change of anything. */
  readonly version: number
  readonly deleted: boolean
}

export interface AuditEntry {
  readonly at: number
  /** Who did it: `admin`, `cli:<user>`. */
  readonly actor: string
  /** `key.create`, `allowance.set`, … */
  readonly action: string
  readonly subject: string
  /** JSON of what was changed; no secrets. */
  readonly detail: string
}

export interface ControlStore {
  /** Everything that changed after this version, deletions included; 0 for all. */
  changes(after: number): Promise<readonly ControlEntry[]>
  /**
   * Writes one entry and its audit line in one durable transaction. `expect`: `new` fails when the name is taken,
   * `old` when it is not there, a number when its version is another. Returns the new version, or undefined when the
   * expectation failed.
   */
  put(
    entry: Omit<ControlEntry, 'version'>,
    audit: Omit<AuditEntry, 'at'>,
    expect: 'new' | 'old' | 'any' | number,
  ): Promise<number | undefined>
  audit(query: { readonly limit: number; readonly before?: number | undefined }): Promise<readonly AuditEntry[]>
  /** 32 random bytes of this installation, made at first use and kept apart from the data: digests of keys need them. */
  secret(): Promise<Uint8Array>
  /** Calls back at most a second after any process changed something. Returns how to stop. */
  watch(changed: () => void): () => void
}

/**
 * What ledger lines are grouped and filtered by. Hours, days and months are in UTC, named `2026-11-24T15:00Z`,
 * `2026-11-24`, `2026-11`; a tag is named `name=value`; a provider is the first part of a target.
 */
export const reportKeys = [
  'org',
  'team',
  'user',
  'key',
  'model',
  'target',
  'provider',
  'outcome',
  'hour',
  'day',
  'month',
  'end_user',
  'session',
  'tag',
] as const
export type ReportKey = (typeof reportKeys)[number]

export interface ReportQuery {
  /** Unix milliseconds, whole hours: from inclusive, to exclusive. */
  readonly from: number
  readonly to: number
  /** At most three; `end_user`, `session` and `tag` only alone or with a time, in `where` too. */
  readonly by: readonly ReportKey[]
  readonly where: Readonly<Partial<Record<ReportKey, string>>>
  readonly limit: number
}

/** Sums of ledger lines. Calls without a known cost are counted in `unknownCost`, never as zero. */
export interface ReportRow {
  /** What a line has nothing of, such as an org, is absent. */
  readonly group: Readonly<Partial<Record<ReportKey, string>>>
  readonly attempts: number
  /** Calls, counted at their last attempt, and those that were answered from memory. */
  readonly calls: number
  readonly failed: number
  /** Tokens in disjoint parts: nothing is in two of them. Audio is in with input and output. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Nano-dollars of lines whose cost is known. */
  readonly cost: bigint
  /** The part of it whose tokens the provider counted; the rest is estimated. */
  readonly measuredCost: bigint
  readonly estimatedCost: bigint
  readonly unknownCost: number
  /** Calls that were answered from memory, whichever way: calls without an attempt. */
  readonly hits: number
  /** Nano-dollars that memory saved, as far as it is known what the answers cost the first time. */
  readonly saved: bigint
  /** Hits of which that is not known; they are not in `saved`. */
  readonly unknownSaved: number
}

export interface LineQuery {
  readonly from: number
  readonly to: number
  readonly where: Readonly<Partial<Record<ReportKey, string>>>
  readonly limit: number
}

/** Reads for people. Never on the way of a call. */
export interface ReportStore {
  /** The dearest first, then by names. Fails with `invalid_request` for what roll-ups cannot tell. */
  report(query: ReportQuery): Promise<readonly ReportRow[]>
  /** Newest first, as JSON of `LedgerLine`. Looks through a bounded part of the stretch, from its end. */
  lines(query: LineQuery): Promise<readonly string[]>
  standings(): Promise<readonly Standing[]>
  /** Frees what was charged for dead processes and turned out unspent: an operator's decision. Returns the amount. */
  releaseLost(allowance: string, subject: Scope, audit: Omit<AuditEntry, 'at'>): Promise<bigint>
}

/** A call that may be asked again under a key of its caller. Keys and questions are known by their hashes only. */
export interface KeyedCall {
  /** Names the key among all keys of all callers. */
  readonly name: string
  /** What is asked under it. */
  readonly asked: string
  /** Whose key it is: where there is too little room, who has the most answers loses the oldest of them. */
  readonly owner: string
  /** For so long it counts as under way at most, also when nobody ever tells how it ended. */
  readonly leaseMs: number
}

/**
 * `mine`: nobody asks this now, so whoever claimed it is to ask; the fence names that claim. `running`: somebody asks it
 * at this moment. `done`: it was asked, and this was the answer. `mismatch`: something else was asked under this key.
 */
export type Claimed =
  | { readonly kind: 'mine'; readonly fence: number }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly answer: Uint8Array }
  | { readonly kind: 'mismatch' }

/**
 * Which calls with a key are under way, and what those came to that were answered whole. Of all processes that share the
 * store one at a time has a claim; it lasts until it is finished or freed, its time is over, or its process is gone.
 */
export interface IdempotencyStore {
  claim(call: KeyedCall): Promise<Claimed>
  /** Keeps the answer to a claim, on disk when this is fulfilled. False: the claim belongs to somebody else by now. */
  finish(fence: number, answer: Uint8Array, keepMs: number): Promise<boolean>
  /** Gives a claim up: the next one who asks has it. Nothing when it was finished, or belongs to somebody else. */
  free(fence: number): Promise<void>
}

/** Everything that must outlive a call, behind one door. */
export interface Store {
  readonly ledger: LedgerStore
  readonly control: ControlStore
  readonly reports: ReportStore
  readonly idempotency: IdempotencyStore
  readonly files: FileStore
  readonly jobs: JobStore
  readonly jobWork: JobWork
  readonly webhooks: WebhookStore
  close(): Promise<void>
}
