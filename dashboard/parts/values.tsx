import { exactTime, exactUsd, type Moment, momentMs, shortTime, shortUsd, type Usd } from '../format.ts'

export interface MoneyProps {
  readonly amount: Usd
  /** It was worked out from sizes, not from what a provider measured. */
  readonly isEstimated?: boolean | undefined
  /** So many amounts are not known and are in no sum. */
  readonly unknown?: number | undefined
}

/** An amount of money: short to read, exact on hover; what is not known is said so. */
export const Money = ({ amount, isEstimated = false, unknown = 0 }: MoneyProps) => {
  const exact = exactUsd(amount)
  if (exact === undefined) return <Unknown />
  return (
    <span class="num">
      <span title={`US$ ${exact}${isEstimated ? ', estimated' : ''}`}>
        {isEstimated ? '≈ ' : ''}
        {shortUsd(amount)}
      </span>
      {isEstimated && <small class="muted"> est.</small>}
      {unknown > 0 && (
        <small class="warn" title={`The cost of ${unknown} attempts is not known; they are not in this sum.`}>
          {' '}
          + {unknown} unknown
        </small>
      )}
    </span>
  )
}

/** Stands where nothing is known. */
export const Unknown = () => <span class="muted">unknown</span>

/** Stands where there is nothing. */
export const None = () => <span class="muted">–</span>

/** A moment in the reader's zone; exact on hover. */
export const Time = ({ at }: { readonly at: Moment | null | undefined }) => {
  if (at === null || at === undefined) return <None />
  const ms = momentMs(at)
  return (
    <time class="num" dateTime={Number.isNaN(ms) ? '' : new Date(ms).toISOString()} title={exactTime(at)}>
      {shortTime(at)}
    </time>
  )
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain' | 'accent'

/** A word that stands out, in a colour that says nothing the word does not say. */
export const Badge = ({ tone = 'plain', children, title }: BadgeProps) => (
  <span class={`badge ${tone}`} title={title}>
    {children}
  </span>
)

interface BadgeProps {
  readonly tone?: Tone
  readonly children: preact.ComponentChildren
  readonly title?: string | undefined
}

/** How much of a whole is used, as a bar and in words. */
export const Meter = ({ share, label }: { readonly share: number; readonly label: string }) => {
  const tone = share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'good'
  return (
    <div class="meter" role="img" aria-label={label} title={label}>
      <div class={tone} style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </div>
  )
}
