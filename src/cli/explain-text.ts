import type { ExplainedView } from '../server/explain-view.ts'
import { table } from './table.ts'

const shown = (value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : `${value}`

const callerOf = ({ caller }: ExplainedView): string => {
  const { key, team, org } = caller
  return [key, team && `team ${team}`, org && `org ${org}`].filter(Boolean).join(', ')
}

const headOf = (view: ExplainedView): string => {
  const { asked, refusal, stream } = view
  const what = `${asked}${stream ? ' (stream)' : ''} for ${callerOf(view)}`
  return refusal ? `${what}: refused, ${refusal.code} (${refusal.status}): ${refusal.message}` : `${what}: let in.`
}

const allowancesOf = ({ limits, budgets }: ExplainedView): string | undefined => {
  const all = [...limits, ...budgets]
  if (all.length === 0) return undefined
  return table(
    ['LIMIT', 'WHOSE', 'UNIT', 'OF', 'USED', 'LEFT', 'WOULD HOLD', 'RESETS'],
    all.map(({ name, scope, unit, limit, used, left, wouldHold, resetsAt }) => [
      ...[name, scope, unit, limit, used, left],
      ...[shown(wouldHold), shown(resetsAt)],
    ]),
  )
}

const targetsOf = ({ targets }: ExplainedView): string | undefined => {
  if (targets.length === 0) return undefined
  return table(
    ['#', 'TARGET', 'AT MOST $', 'TOKENS IN', 'TOKENS OUT', 'WAIT', 'HEALTH', 'NOT ASKED BECAUSE'],
    targets.map(({ position, target, priceBound, queue, health, skipped }) => [
      ...[shown(position), target],
      priceBound ? (priceBound.usd ?? 'unknown') : '',
      ...[shown(priceBound?.inputTokensAtMost), shown(priceBound?.outputTokensAtMost)],
      queue ? `${queue.predictedWaitMs} ms` : '',
      health.open ? 'open' : `${health.reason}, ${Math.ceil(health.opensInMs / 1_000)} s`,
      shown(skipped),
    ]),
  )
}

const memoryOf = ({ cache }: ExplainedView): string | undefined => {
  if (!cache) return undefined
  const age = cache.ageMs === null ? '' : `, ${Math.round(cache.ageMs / 1_000)} s old`
  return `Memory: ${cache.outcome ?? 'not come to'}${age}${cache.scope === null ? '' : `, within ${cache.scope}`}`
}

const outputOf = ({ output }: ExplainedView): string | undefined =>
  output
    ? `Output: ${output.format}, ${output.checked ? 'held against its schema' : 'passed on as it comes'}`
    : undefined

const routeOf = ({ route }: ExplainedView): string | undefined =>
  route ? `Policies: ${route.policies.join(', ') || 'none'}; ${route.retry.attempts} attempts at most` : undefined

/** A plan for people. */
export const explainedText = (view: ExplainedView): string =>
  [headOf(view), allowancesOf(view), routeOf(view), targetsOf(view), memoryOf(view), outputOf(view)]
    .filter((part) => part !== undefined)
    .join('\n')
