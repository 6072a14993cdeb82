import { count, duration, percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Table } from '../parts/table.tsx'
import { Badge, Money, None } from '../parts/values.tsx'
import type { Allowance } from '../types.ts'
import { amountOf } from './standing.tsx'

interface Bound {
  readonly name: string
  readonly scope: string
  readonly unit: Allowance['unit']
  readonly hard: boolean
  readonly limit: string
  readonly used: string
  readonly left: string
  readonly wouldHold: string | null
}

interface PlannedTarget {
  readonly target: string
  readonly position: number | null
  readonly skipped: string | null
  readonly health: { readonly open: boolean; readonly reason: string | null }
  readonly lacks: readonly string[]
  readonly priceBound: {
    readonly usd: string | null
    readonly inputTokensAtMost: number | null
    readonly outputTokensAtMost: number
  } | null
  readonly queue: { readonly predictedWaitMs: number } | null
}

/** What would become of a request. */
export interface Plan {
  readonly asked: string
  readonly model: string | null
  readonly caller: { readonly key: string; readonly scopes: readonly string[] }
  readonly timeoutMs: number
  readonly admitted: boolean
  readonly refusal: { readonly code: string; readonly message: string } | null
  readonly targets: readonly PlannedTarget[]
  readonly limits: readonly Bound[]
  readonly budgets: readonly Bound[]
  readonly cache: { readonly mode: string; readonly outcome: string | null; readonly ageMs: number | null } | null
  readonly notes: readonly string[]
}

/** Who would be asked, what binds the caller, and what it would cost at most. */
export const Explained = ({ plan }: { readonly plan: Plan }) => {
  const badge = (
    <Badge tone={plan.admitted ? 'good' : 'bad'}>{plan.admitted ? 'would be asked' : 'would be refused'}</Badge>
  )
  const bounds = [...plan.limits, ...plan.budgets]
  return (
    <Card title={`Plan for ${plan.asked}`} actions={badge}>
      <div class="stack">
        {plan.refusal && (
          <p class="failure">
            {plan.refusal.message} <code>{plan.refusal.code}</code>
          </p>
        )}
        <Facts
          facts={[
            ['Model', plan.model],
            ['As', plan.caller.scopes.join(', ')],
            ['Time', duration(plan.timeoutMs)],
            [
              'Memory',
              plan.cache &&
                `${plan.cache.mode}, ${plan.cache.outcome ?? 'not known'}${plan.cache.ageMs === null ? '' : `, ${duration(plan.cache.ageMs)} old`}`,
            ],
          ]}
        />
        {plan.targets.length > 0 && <Targets targets={plan.targets} />}
        {bounds.length > 0 && <Bounds bounds={bounds} />}
        {plan.notes.length > 0 && (
          <ul class="sentences">
            {plan.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  )
}

const Targets = ({ targets }: Pick<Plan, 'targets'>) => (
  <Table
    caption="Targets in the order in which they would be asked"
    rows={targets}
    keyOf={({ target }) => target}
    columns={[
      { title: 'Order', isNumber: true, cell: ({ position }) => position ?? <None /> },
      { title: 'Target', isHead: true, cell: ({ target }) => <span class="break">{target}</span> },
      {
        title: 'Why not',
        cell: ({ skipped, health, lacks }) =>
          [skipped, health.reason, lacks.length > 0 && `lacks ${lacks.join(', ')}`].filter(Boolean).join('; ') || (
            <None />
          ),
      },
      {
        title: 'Costs at most',
        isNumber: true,
        cell: ({ priceBound }) => (priceBound ? <Money amount={priceBound.usd} /> : <None />),
      },
      {
        title: 'Wait',
        isNumber: true,
        cell: ({ queue }) => (queue ? duration(queue.predictedWaitMs) : <None />),
      },
    ]}
  />
)

const Bounds = ({ bounds }: { readonly bounds: readonly Bound[] }) => (
  <Table
    caption="Limits and budgets that bind it"
    rows={bounds}
    keyOf={({ name, scope }) => `${name} ${scope}`}
    columns={[
      {
        title: 'Whose',
        cell: ({ scope, hard }) => <span class="break">{hard ? scope : `${scope} (only counted)`}</span>,
      },
      { title: 'Used', isNumber: true, cell: ({ used, limit }) => percent(Number(used), Number(limit)) },
      { title: 'Left', isNumber: true, cell: ({ unit, left }) => amountOf(unit, left) },
      {
        title: 'Would hold',
        isNumber: true,
        cell: ({ unit, wouldHold }) =>
          wouldHold === null ? <None /> : unit === 'usd' ? <Money amount={wouldHold} /> : count(Number(wouldHold)),
      },
    ]}
  />
)
