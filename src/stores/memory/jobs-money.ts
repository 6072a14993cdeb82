import type { AsidePart, Spent } from '../../core/aside.ts'
import { countsUntil } from '../../core/window.ts'
import type { Shortage, Want } from '../store.ts'
import { tallyAt } from './account.ts'
import type { MemoryJob } from './jobs-row.ts'
import type { Held, Member, MemoryLedger } from './ledger.ts'

/** An attempt that begins in a process. */
interface Beginning {
  readonly fence: number
  readonly member: Member
  readonly now: number
}

/** Money that is set aside for the jobs of one memory. */
export class JobsMoney {
  readonly #ledger: MemoryLedger

  constructor(ledger: MemoryLedger) {
    this.#ledger = ledger
  }

  /** Takes all of it for a job; or says what there is too little of. */
  take(row: MemoryJob, wants: readonly Want[]): { readonly short: Shortage; readonly mayGrow: boolean } | undefined {
    const taken = this.#ledger.setAside(wants)
    if ('short' in taken) return taken
    row.money = taken.held.map((held) => ({ held, fence: undefined }))
    return undefined
  }

  /** Gives it to an attempt of a process; what is over is given back. */
  begin(row: MemoryJob, { fence, member, now }: Beginning): readonly AsidePart[] {
    this.expire(row, now)
    const waiting = row.money.filter((each) => each.fence === undefined)
    for (const each of waiting) {
      each.fence = fence
      renew(each.held, now)
      move(each.held, member)
    }
    return waiting.map(({ held: { id, account, left } }) => ({
      slice: id,
      allowance: account.allowance,
      subject: account.subject,
      amount: left,
    }))
  }

  /** Books what an attempt used, once. `waits`: what is left stays with the job. */
  settle(
    row: MemoryJob,
    {
      fence,
      spent = [],
      waits,
    }: { readonly fence: number; readonly spent?: readonly Spent[] | undefined; waits: boolean },
  ): void {
    for (const each of row.money.filter((other) => other.fence === fence)) {
      const { held } = each
      const used = spent.find(({ slice }) => slice === held.id)?.used ?? 0n
      this.#ledger.book(held, used, waits)
      if (waits && held.left > 0n) {
        move(held, 'waits')
        each.fence = undefined
      } else row.money = row.money.filter((other) => other !== each)
    }
  }

  /** An attempt was lost: what it had may be spent, and is charged until it says otherwise. */
  lose(row: MemoryJob, fence: number): void {
    for (const each of row.money) if (each.fence === fence && !each.held.isLost) move(each.held, 'lost')
  }

  /** Gives back what no attempt has. */
  release(row: MemoryJob): void {
    this.#giveBack(row, () => true)
  }

  /** Gives back what does not count any more. */
  expire(row: MemoryJob, now: number): void {
    this.#giveBack(row, ({ held }) => countsUntil(held.account.window, held.tally.start) <= now)
  }

  #giveBack(row: MemoryJob, isMeant: (each: MemoryJob['money'][number]) => boolean): void {
    const gone = row.money.filter((each) => each.fence === undefined && isMeant(each))
    for (const { held } of gone) this.#ledger.book(held, 0n, false)
    row.money = row.money.filter((each) => !gone.includes(each))
  }
}

/** Whose it is changes, not what is settled and leased together. `waits`: it is kept for a job, and not charged if it was. */
const move = (held: Held, to: Member | 'waits' | 'lost'): void => {
  const { tally, left } = held
  const wasLost = held.isLost
  held.isLost = to === 'lost'
  if (to !== 'lost') held.process = to === 'waits' ? undefined : to
  if (wasLost === held.isLost) return
  const change = held.isLost ? left : -left
  tally.settled += change
  tally.lost += change
  tally.leased -= change
}

/** What is spent now is out of a rolling window later than what was set aside before. */
const renew = (held: Held, now: number): void => {
  const { account, tally, left } = held
  if (account.window.kind !== 'rolling') return
  tally.leased -= left
  held.tally = tallyAt(account, now)
  held.tally.leased += left
}
