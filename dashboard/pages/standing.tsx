import { count, distance, percent, shortUsd } from '../format.ts'
import { Meter, Time } from '../parts/values.tsx'
import type { Allowance, Standing, Window } from '../types.ts'

/** An allowance, and where one of its subjects stands with it. */
export interface Placed {
  readonly allowance: Allowance
  readonly standing: Standing
}

/** What is used and set aside, as a share of the limit. */
export const shareOf = ({ allowance, standing }: Placed): number => {
  const limit = Number(allowance.limit)
  const used = Number(standing.settled) + Number(standing.leased)
  return limit === 0 ? 1 : used / limit
}

/** Does its time still run? */
export const isNow = ({ to }: Standing): boolean => to === undefined || Date.parse(to) > Date.now()

/** Standings that still count, those nearest to their limit first. */
export const nearest = (allowances: readonly Allowance[]): readonly Placed[] =>
  allowances
    .flatMap((allowance) => allowance.standings.filter(isNow).map((standing) => ({ allowance, standing })))
    .sort((one, other) => shareOf(other) - shareOf(one))

/** A quantity in the unit of its allowance. */
export const amountOf = (unit: Allowance['unit'], amount: string): string =>
  unit === 'usd' ? shortUsd(amount) : `${count(Number(amount))} ${unit === 'concurrency' ? 'at once' : unit}`

export const windowWords = (window: Window): string => {
  if (window.kind === 'total') return 'in all'
  if (window.kind === 'calendar') return `per ${window.per}${window.timezone === 'UTC' ? '' : ` (${window.timezone})`}`
  const { seconds } = window
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const
  const [length, name] = units.find(([each]) => seconds >= each && seconds % each === 0) ?? [1, 'second']
  const many = seconds / length
  return many === 1 ? `in any ${name}` : `in any ${many} ${name}s`
}

/**
 * When a budget is used up if it goes on being used as it was since its time began; undefined: not within its time, or
 * nothing can be said yet.
 */
export const usedUpAt = ({ allowance, standing }: Placed, now = Date.now()): number | undefined => {
  if (allowance.unit === 'concurrency' || allowance.window.kind === 'rolling' || standing.from === undefined)
    return undefined
  const since = Date.parse(standing.from)
  const used = Number(standing.settled)
  const limit = Number(allowance.limit)
  if (used <= 0 || now <= since || used >= limit) return undefined
  const at = since + ((now - since) * limit) / used
  const end = standing.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(standing.to)
  return at < end ? at : undefined
}

/** Where one subject stands: used of the limit, until when, and whether it will last. */
export const StandingLine = ({ allowance, standing }: Placed) => {
  const share = shareOf({ allowance, standing })
  const end = usedUpAt({ allowance, standing })
  const used = amountOf(allowance.unit, standing.settled)
  return (
    <li>
      <p class="row between">
        <strong class="break">{standing.subject}</strong>
        <span
          class="num"
          title={`${standing.settled} of ${allowance.limit}; ${standing.leased} set aside for what is under way`}
        >
          {used} of {amountOf(allowance.unit, allowance.limit)}
        </span>
      </p>
      <Meter share={share} label={`${percent(share)} used or set aside`} />
      <p class="row between">
        <small class="muted">
          {allowance.model === undefined ? '' : `${allowance.model}, `}
          {windowWords(allowance.window)}
          {allowance.hard ? '' : ', only counted'}
        </small>
        <small class={share >= 1 ? 'bad' : end === undefined ? 'muted' : 'warn'}>
          {share >= 1 ? (
            'used up'
          ) : end === undefined ? (
            standing.to && <>new {distance(standing.to)}</>
          ) : (
            <>
              at this rate used up on <Time at={end} />
            </>
          )}
        </small>
      </p>
    </li>
  )
}
