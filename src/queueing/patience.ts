import type { Priority } from '../core/priority.ts'
import type { FairQueue } from './fair-queue.ts'
import type { Outlook } from './outlook.ts'
import type { Waiter } from './waiter.ts'

/** After so long without a break an overload lasts; then nobody begins a wait of more than this. */
const lastingMs = 10_000
const lastingPatienceMs = 2_000
/** Who waits is given up when its turn would come so much too late: estimates sway. */
const doubt = 2

/** Who comes, and what it finds. */
export interface Finding {
  readonly priority: Priority
  readonly maxWaitMs: number
  /** For so long somebody has waited without a break. */
  readonly waitedMs: number
  readonly hasQuota: boolean
}

/**
 * How long somebody may wait. Where somebody has waited for long without a break, waiting longer only makes everybody late. A
 * quota is another matter: what it does not allow now it allows later, and goes to waste when nobody waits for it.
 */
export const patienceMs = ({ priority, maxWaitMs, waitedMs, hasQuota }: Finding): number =>
  waitedMs > lastingMs && priority !== 'low' && !hasQuota ? Math.min(maxWaitMs, lastingPatienceMs) : maxWaitMs

/** Gives up those whose time is over, or whose turn would come too late as it is now. Returns when the next one's time is. */
export const sweep = (
  queue: FairQueue<Waiter>,
  { outlook, now }: { readonly outlook: Outlook; readonly now: number },
  giveUp: (waiter: Waiter, waitMs: number) => void,
): number => {
  let earliest = Number.POSITIVE_INFINITY
  const lately = outlook.lately(now)
  queue.visit((seat, ahead) => {
    const { value } = seat
    const waitMs = lately(ahead)
    if (now > value.latest || now + waitMs / doubt > value.latest) {
      queue.leave(seat, outlook.active(now))
      giveUp(value, waitMs)
    } else if (value.latest < earliest) earliest = value.latest
  })
  return earliest
}
