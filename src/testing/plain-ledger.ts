import type { Allowance, Match } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import { type Scope, scopesOf } from '../core/scope.ts'
import type { Ask, Hold, Ledger, View } from '../ledger/ledger.ts'

interface Account {
  settled: bigint
  held: bigint
}

/** A ledger of one process and one window without end, as plain as can be: what the real one is measured by. */
export class PlainLedger implements Ledger {
  readonly lines: LedgerLine[] = []
  readonly charged: bigint[] = []
  heldCount = 0
  /** The most that was ever settled and held together, by account. */
  readonly peaks = new Map<string, bigint>()
  /** Holds are given so much later; undefined: at once. */
  waits: (() => Promise<void>) | undefined
  readonly #accounts = new Map<string, Account>()

  hold(asks: readonly Ask[]): Hold | Promise<Hold> {
    return this.waits ? this.waits().then(() => this.#hold(asks)) : this.#hold(asks)
  }

  #hold(asks: readonly Ask[]): Hold {
    const refusal = this.refusal(asks)
    if (refusal) throw refusal
    const granted = asks.map((ask) => smaller(ask.wish, this.#free(ask)))
    for (const [index, ask] of asks.entries()) this.#add(ask, 0n, granted[index] ?? 0n)
    this.heldCount++
    let isOpen = true
    const settle = (used: readonly bigint[]): void => {
      if (!isOpen) return
      isOpen = false
      this.heldCount--
      for (const [index, ask] of asks.entries()) this.#add(ask, used[index] ?? 0n, -(granted[index] ?? 0n))
    }
    return { granted, settle, release: () => settle([]) }
  }

  charge({ allowance, subject }: Pick<Ask, 'allowance' | 'subject'>, used: bigint): void {
    this.charged.push(used)
    this.#of(allowance, subject).settled += used
  }

  write(line: LedgerLine): void {
    this.lines.push(line)
  }

  readonly view = (allowance: Allowance, subject: Scope): View => {
    const { settled, held } = this.#of(allowance, subject)
    return { limit: allowance.limit, used: settled + held, resetsAt: undefined }
  }

  refusal(asks: readonly Ask[]): GatewayError | undefined {
    const short = asks.find((ask) => this.#free(ask) < ask.least)
    if (!short) return undefined
    const { allowance, subject } = short
    return new GatewayError(
      allowance.unit === 'nanos' ? 'budget_exhausted' : 'rate_limited',
      `${allowance.id} is used up.`,
      { facts: { limit: { id: allowance.id, scope: subject } } },
    )
  }

  settled(allowance: Allowance, subject: Scope): bigint {
    return this.#of(allowance, subject).settled
  }

  async close(): Promise<void> {}

  #free({ allowance, subject }: Ask): bigint {
    const { settled, held } = this.#of(allowance, subject)
    return allowance.limit - settled - held
  }

  #add({ allowance, subject }: Ask, settled: bigint, held: bigint): void {
    const account = this.#of(allowance, subject)
    account.settled += settled
    account.held += held
    const key = keyOf(allowance, subject)
    const peak = this.peaks.get(key) ?? 0n
    const now = account.settled + account.held
    if (now > peak) this.peaks.set(key, now)
  }

  #of(allowance: Allowance, subject: Scope): Account {
    const key = keyOf(allowance, subject)
    const account = this.#accounts.get(key) ?? { settled: 0n, held: 0n }
    this.#accounts.set(key, account)
    return account
  }
}

const keyOf = (allowance: Allowance, subject: Scope): string => `${allowance.id} ${subject}`

const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other)

/** Binds by scope and model alone, in the order given. */
export const plainMatch =
  (allowances: readonly Allowance[]): Match =>
  (caller, model, provider) => {
    const scopes = new Set<Scope>(scopesOf(caller))
    if (provider !== undefined) scopes.add(`provider:${provider}`)
    return allowances
      .filter((allowance) => scopes.has(allowance.scope) && (allowance.model ?? model) === model)
      .map((allowance) => ({ allowance, subject: allowance.scope }))
  }

/** A budget of a key in nano-dollars, hard, without end. */
export const plainAllowance = (more: Partial<Allowance>): Allowance => ({
  id: 'budget',
  unit: 'nanos',
  limit: 1_000_000_000n,
  window: { kind: 'total' },
  scope: 'key:anonymous',
  isHard: true,
  onLimit: 'refuse',
  onShort: 'clamp',
  alerts: [],
  ...more,
})
