import type { GatewayError } from '../core/errors.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Explained, PlannedTarget } from '../explained.ts'
import type { Looked } from '../ledger/look.ts'

const timeOf = (ms: number | undefined): string | null =>
  ms === undefined || !Number.isFinite(ms) ? null : new Date(ms).toISOString()

const refusalOf = ({ code, status, message, details }: GatewayError) => ({
  code,
  status,
  message,
  ...(details.param !== undefined && { param: details.param }),
})

const allowanceOf = ({ allowance, subject, used, left, resetsAt, wouldHold }: Looked) => {
  const shown = (amount: bigint): string => (allowance.unit === 'nanos' ? usdFromNanos(amount) : String(amount))
  return {
    name: allowance.id,
    scope: subject,
    unit: allowance.unit === 'nanos' ? 'usd' : allowance.unit,
    hard: allowance.isHard,
    limit: shown(allowance.limit),
    used: shown(used),
    left: shown(left),
    resetsAt: timeOf(resetsAt),
    wouldHold: wouldHold === undefined ? null : shown(wouldHold),
  }
}

const targetOf = ({ target, position, skipped, health, lacks, bound, queuedMs }: PlannedTarget) => ({
  target: target.id,
  position: position ?? null,
  skipped: skipped ?? null,
  health: { open: health.open, reason: health.open ? null : health.reason, opensInMs: Math.round(health.opensInMs) },
  lacks,
  priceBound: bound
    ? {
        usd: bound.nanos === undefined ? null : usdFromNanos(bound.nanos),
        inputTokensAtMost: bound.tokensIn ?? null,
        outputTokensAtMost: bound.tokensOut,
      }
    : null,
  queue: queuedMs === undefined ? null : { predictedWaitMs: Math.round(queuedMs) },
  weight: target.weight,
})

const routeOf = ({ route }: Explained) =>
  route && {
    policies: route.policyNames ?? [],
    timeouts: { ...route.timeouts },
    retry: { ...route.retry },
    hedge: route.hedge !== undefined,
    mirror: route.mirror?.target.id ?? null,
    contextChain: route.contextChain.map(({ id }) => id),
    policyChain: route.policyChain.map(({ id }) => id),
  }

const memoryOf = ({ memory, route }: Explained) =>
  memory && {
    mode: route?.cache?.semantic ? 'semantic' : 'exact',
    scope: memory.scope ?? null,
    key: memory.key ?? null,
    outcome: memory.outcome ?? null,
    wouldHit: memory.outcome === undefined ? null : memory.outcome === 'hit' || memory.outcome === 'stale',
    ageMs: memory.ageMs ?? null,
  }

const outputOf = ({ call, conforms, refusal }: Explained) => {
  const { format } = call.request.chat
  if (!format || format.kind === 'text') return null
  return { format: format.kind, checked: conforms, schemaOk: refusal?.details.param !== 'response_format' }
}

/** What the figures do not say by themselves. */
const notesOf = ({ call, route, memory, targets, refusal }: Explained): string[] => {
  const notes: string[] = []
  if (route?.policyNames?.includes('weighted') && targets.length > 1)
    notes.push('The order is drawn by weights for each call: another one may be asked in another order.')
  if (route?.policyNames?.includes('fastest') && targets.length > 1)
    notes.push('The order follows how fast targets began to answer lately, and changes with that.')
  if (call.idempotencyKey !== undefined)
    notes.push('It has an idempotency key; whether an answer is kept under it was not looked up.')
  if (route?.cache?.semantic)
    notes.push('Similar questions may be answered alike; whether there is one was not looked up.')
  if (route?.cache?.coalesce) notes.push('Where an equal call is under way, it gets the answer of that one.')
  if (memory?.outcome === 'hit' || memory?.outcome === 'stale')
    notes.push('It is answered from memory: no target is asked, and no budget is.')
  if (route?.hedge) notes.push('Where the first target is late, the next one may be asked as well.')
  if (refusal === undefined && targets.length > 0 && !targets.some(({ position }) => position !== undefined))
    notes.push('No target was come to.')
  return notes
}

/** A plan as JSON, for the administrators' door and the command line: what is unknown is null. */
export const viewOfExplained = (explained: Explained) => {
  const { call, scopes, targets, allowances, refusal } = explained
  const { key, org, team, user, endUser, session, tags } = call.caller
  return {
    caller: { key, org, team, user, endUser, session, tags: tags && { ...tags }, scopes },
    model: call.notes.model ?? null,
    asked: call.request.model,
    wire: call.request.wire,
    operation: call.request.operation,
    stream: call.request.stream,
    timeoutMs: Math.round(call.deadline - call.started),
    admitted: refusal === undefined,
    refusal: refusal ? refusalOf(refusal) : null,
    route: routeOf(explained) ?? null,
    targets: targets.map(targetOf),
    limits: allowances.filter(({ allowance }) => allowance.unit !== 'nanos').map(allowanceOf),
    budgets: allowances.filter(({ allowance }) => allowance.unit === 'nanos').map(allowanceOf),
    cache: memoryOf(explained) ?? null,
    output: outputOf(explained),
    idempotency: call.idempotencyKey === undefined ? null : { key: call.idempotencyKey },
    notes: notesOf(explained),
  }
}

/** A plan as JSON. */
export type ExplainedView = ReturnType<typeof viewOfExplained>
