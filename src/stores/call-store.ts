import type { CallEntry } from '../core/call-entry.ts'
import type { Grain } from './call-cells.ts'
import type { CallFigures } from './call-figures.ts'

/** What must be so of a call; what is absent may be anything. */
export interface CallFilter {
  readonly model?: string | undefined
  /** One of those that it tried. */
  readonly target?: string | undefined
  /** Of one of the targets that it tried. */
  readonly provider?: string | undefined
  readonly key?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly endUser?: string | undefined
  readonly session?: string | undefined
  /** `name=value` */
  readonly tag?: string | undefined
  readonly outcome?: string | undefined
  readonly error?: string | undefined
  readonly purpose?: string | undefined
  readonly prompt?: string | undefined
  readonly parent?: string | undefined
  readonly minDurationMs?: number | undefined
}

export interface CallQuery {
  /** Unix milliseconds of the beginning of calls; `to` is left out. */
  readonly from: number
  readonly to: number
  readonly where: CallFilter
  /** `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** A part of a list. It may hold less than was asked for, even nothing, and still go on. */
export interface CallPage {
  readonly entries: readonly CallEntry[]
  /** Undefined: there are no more. */
  readonly next: string | undefined
}

export interface FiguresQuery {
  /** Unix milliseconds; widened to whole stretches. */
  readonly from: number
  readonly to: number
  readonly step: Grain
  readonly where: Pick<CallFilter, 'model' | 'provider' | 'team' | 'key'>
}

export interface NamedFigures {
  readonly name: string
  readonly figures: CallFigures
}

/** What calls of a stretch of time came to. */
export interface FiguresReport {
  readonly from: number
  readonly to: number
  readonly total: CallFigures
  /** By time; stretches without a call are left out. */
  readonly points: readonly { readonly at: number; readonly figures: CallFigures }[]
  readonly models: readonly NamedFigures[]
  readonly targets: readonly NamedFigures[]
}

/** For how long what is kept, and how much of it. */
export interface CallRetention {
  readonly keepMs: number
  /** Undefined: as much as there is. Of sums there is never much. */
  readonly mostBytes: number | undefined
  /** For how long it is kept what was said, never longer than its call; default as long. */
  readonly bodiesMs?: number | undefined
}

/** Sums are kept for longer than the calls they are of. */
export const keepSumsMs: Readonly<Record<Grain, number>> = {
  minute: 2 * 86_400_000,
  hour: 90 * 86_400_000,
  day: 2 * 365 * 86_400_000,
}

/** One entry per call, for people, and what they add up to. Times are those at which calls began; they may come in any order. */
export interface CallStore {
  /** Adds entries, as `writeEntry` writes them: all or none. Rejects with `store_unavailable`. */
  append(texts: readonly string[]): Promise<void>
  /** The newest of this id: callers may give the same one again. */
  find(id: string): Promise<CallEntry | undefined>
  /** Newest first. Throws `invalid_request` for an `after` that is of no page. */
  list(query: CallQuery): Promise<CallPage>
  /** Counts and money are exact, percentiles within 1 %. */
  figures(query: FiguresQuery): Promise<FiguresReport>
  /** Takes away a part of what is older, or more, than what is kept; true: there is more to take away. */
  retain(now: number): Promise<boolean>
  close(): Promise<void>
}
