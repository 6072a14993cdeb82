import type { Allowance } from '../core/allowance.ts'
import { larger, smaller } from '../core/amounts.ts'
import type { Scope } from '../core/scope.ts'
import type { Window } from '../core/window.ts'
import type { Standing } from '../stores/store.ts'
import { denial } from './denial.ts'
import type { Ask, Hold, Ledger } from './ledger.ts'
import { resetOf } from './purse.ts'

/** Where an allowance stands for somebody who looks at it, and what would be set aside of it. */
export interface Looked {
  readonly allowance: Allowance
  readonly subject: Scope
  readonly used: bigint
  readonly left: bigint
  /** Unix milliseconds at which more becomes free by itself; undefined: never. */
  readonly resetsAt: number | undefined
  /** Undefined: nothing, as nobody came to ask for it. */
  readonly wouldHold: bigint | undefined
}

export interface LookingOptions {
  readonly ledger: Pick<Ledger, 'view'>
  /** Where an allowance stands in the store. */
  standing(allowance: string, subject: Scope, window: Window): Promise<Standing | undefined>
  /** Told of each ask, in order, before it is granted or refused. */
  readonly looked: (looked: Looked) => void
  /** Unix milliseconds. */
  readonly now: () => number
}

/** Somebody who does not fit waits for no longer than this. */
const longestWaitMs = 30_000

/** A ledger that says what a hold would come to, and holds nothing. */
export const createLookingLedger = (options: LookingOptions): Ledger => {
  const { ledger } = options
  return {
    hold: (asks) => grantedOf(asks, options),
    charge: () => undefined,
    write: () => undefined,
    view: ledger.view,
    refusal: () => undefined,
    heldCount: 0,
    close: async () => undefined,
  }
}

const grantedOf = async (asks: readonly Ask[], options: LookingOptions): Promise<Hold> => {
  const granted: bigint[] = []
  for (const ask of asks) {
    const found = await lookAt(ask, options)
    options.looked({ ...found, wouldHold: ask.wish })
    if (found.left < ask.least && !mayWait(ask, found, options.now())) throw refusalOf(ask, found, options.now())
    granted.push(smaller(larger(found.left, ask.least), ask.wish))
  }
  return { granted, settle: () => undefined, release: () => undefined }
}

const mayWait = ({ allowance, least }: Ask, { resetsAt }: Looked, now: number): boolean =>
  allowance.waits === true &&
  least <= allowance.limit &&
  (allowance.unit === 'concurrency' || (resetsAt !== undefined && resetsAt - now <= longestWaitMs))

const refusalOf = ({ allowance, subject, least }: Ask, { used, left, resetsAt }: Looked, nowMs: number) =>
  denial({
    allowance,
    shortage: {
      allowance: allowance.id,
      subject,
      limit: allowance.limit,
      settled: used,
      leased: 0n,
      free: left,
      resetsAt,
    },
    least,
    nowMs,
  })

/**
 * Where an allowance stands: by its store, less what this process has leased and not spent; where the store says nothing, by
 * what this process knows.
 */
export const lookAt = async (
  { allowance, subject }: Pick<Ask, 'allowance' | 'subject'>,
  { ledger, standing, now }: Pick<LookingOptions, 'ledger' | 'standing' | 'now'>,
): Promise<Looked> => {
  const view = ledger.view(allowance, subject)
  const stands = await standing(allowance.id, subject, allowance.window).catch(() => undefined)
  const used = stands ? larger(stands.settled + stands.leased - (view?.own ?? 0n), 0n) : (view?.used ?? 0n)
  return {
    allowance,
    subject,
    used,
    left: larger(allowance.limit - used, 0n),
    resetsAt: view?.resetsAt ?? resetOf(allowance.window, now()),
    wouldHold: undefined,
  }
}
