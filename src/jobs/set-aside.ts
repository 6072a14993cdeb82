import { setTimeout as pause } from 'node:timers/promises'
import { denial } from '../ledger/denial.ts'
import type { Ask } from '../ledger/ledger.ts'
import type { Submission, Submitted } from '../stores/job-store.ts'
import type { Want } from '../stores/store.ts'

/** How long processes are given to give back what they leased and do not need, and how often they are looked after. */
const returnsMs = 250
const lookMs = 20

/** What a store is asked for, that a job's money is set aside by; undefined: no budget binds it. */
const wantsOf = (asks: readonly Ask[]): readonly Want[] | undefined =>
  asks.length === 0
    ? undefined
    : asks.map(({ allowance, subject, least, wish }) => ({
        allowance: allowance.id,
        subject,
        window: allowance.window,
        limit: allowance.limit,
        least,
        wish,
        onLoss: 'charge',
        alerts: allowance.alerts,
      }))

/**
 * Keeps a job together with its money. Throws `budget_exhausted` where a budget has too little, though everybody was asked to give
 * back what they do not need.
 */
export const keepWithMoney = async (
  submission: Submission,
  asks: readonly Ask[],
  { keep, now }: { keep(submission: Submission): Promise<Submitted>; readonly now: () => number },
): Promise<Exclude<Submitted, { readonly kind: 'short' }>> => {
  const wants = wantsOf(asks)
  const end = performance.now() + returnsMs
  for (;;) {
    const submitted = await keep({ ...submission, wants })
    if (submitted.kind !== 'short') return submitted
    const { short, mayGrow } = submitted
    if (!mayGrow || performance.now() > end) throw refusalOf(short, asks, now())
    await pause(lookMs)
  }
}

const refusalOf = (
  shortage: Extract<Submitted, { readonly kind: 'short' }>['short'],
  asks: readonly Ask[],
  nowMs: number,
): Error => {
  const ask = asks.find(({ allowance, subject }) => allowance.id === shortage.allowance && subject === shortage.subject)
  if (!ask) throw new Error('A budget ran short that nothing was asked of.')
  return denial({ allowance: ask.allowance, shortage, least: ask.least, nowMs })
}
