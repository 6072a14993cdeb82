import { useState } from 'preact/hooks'
import { ask } from '../api.ts'
import { percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, Meter, None } from '../parts/values.tsx'
import { linkTo, place } from '../place.ts'
import { session } from '../session.ts'
import type { Allowance, PageOf } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { Budget } from './budget.tsx'
import { BudgetForm } from './budget-form.tsx'
import { amountOf, isNow, shareOf, windowWords } from './standing.tsx'

type Doing = { readonly what: 'create' } | { readonly what: 'change' | 'delete'; readonly of: Allowance }

/** All budgets and limits, or one of them. */
export const Budgets = () => (place.value.of === '' ? <BudgetList /> : <Budget id={place.value.of} />)

const refreshMs = 15_000

const BudgetList = () => {
  const [doing, setDoing] = useState<Doing>()
  const allowances = useLoad<PageOf<Allowance>>('/allowances?limit=1000', { everyMs: refreshMs })
  const mayWrite = session.value?.mayWrite ?? false
  const done = (text: string): void => {
    toast(text)
    allowances.reload()
  }
  return (
    <>
      <Head title="Budgets and limits">
        {mayWrite && (
          <button type="button" class="main" onClick={() => setDoing({ what: 'create' })}>
            Set a budget or limit
          </button>
        )}
      </Head>
      <Card title="By whom they bind">
        <Show of={allowances}>
          {({ data }) =>
            data.length === 0 ? (
              <Empty
                title="Nothing keeps spending in bounds."
                command="npx tollgate budgets set --scope team:shop --usd 100 --per month"
              >
                <p>Set a budget here, or in a terminal:</p>
              </Empty>
            ) : (
              <BudgetTable rows={data} act={mayWrite ? setDoing : undefined} />
            )
          }
        </Show>
      </Card>
      {doing?.what === 'delete' && <Delete of={doing.of} close={() => setDoing(undefined)} done={done} />}
      {doing && doing.what !== 'delete' && (
        <BudgetForm of={doing.what === 'change' ? doing.of : undefined} close={() => setDoing(undefined)} done={done} />
      )}
    </>
  )
}

/** How near the nearest subject is to the limit. */
const Nearest = ({ allowance }: { readonly allowance: Allowance }) => {
  const shares = allowance.standings.filter(isNow).map((standing) => shareOf({ allowance, standing }))
  if (shares.length === 0) return <span class="muted">not used</span>
  const share = Math.max(...shares)
  return (
    <span class="row nowrap">
      <Meter share={share} label={`${percent(share)} used or set aside`} />
      <span class="num">{percent(share)}</span>
    </span>
  )
}

interface BudgetTableProps {
  readonly rows: readonly Allowance[]
  readonly act: ((doing: Doing) => void) | undefined
}

const BudgetTable = ({ rows, act }: BudgetTableProps) => (
  <Table
    caption="Budgets and limits"
    rows={rows}
    keyOf={({ id }) => id}
    columns={[
      {
        title: 'Whose',
        cell: ({ id, scope }) => (
          <a class="break" href={linkTo('budgets', id)}>
            {scope}
          </a>
        ),
      },
      { title: 'Limit', isNumber: true, cell: ({ unit, limit }) => <span title={limit}>{amountOf(unit, limit)}</span> },
      { title: 'Window', cell: ({ window }) => windowWords(window) },
      { title: 'Model', cell: ({ model }) => model ?? 'all' },
      { title: 'Nearest to it', cell: (allowance) => <Nearest allowance={allowance} /> },
      { title: 'Subjects', isNumber: true, cell: ({ subjects }) => subjects },
      {
        title: 'At the limit',
        cell: ({ hard, onLimit }) => (hard ? (onLimit ?? 'refuse') : <Badge tone="warn">only counted</Badge>),
      },
      {
        title: 'Actions',
        cell: (of) =>
          of.declared ? (
            <small class="muted">in the configuration</small>
          ) : act ? (
            <span class="row tight nowrap">
              <button
                type="button"
                class="small"
                aria-label={`Edit ${of.id}`}
                onClick={() => act({ what: 'change', of })}
              >
                Edit
              </button>
              <button
                type="button"
                class="small"
                aria-label={`Delete ${of.id}`}
                onClick={() => act({ what: 'delete', of })}
              >
                Delete
              </button>
            </span>
          ) : (
            <None />
          ),
      },
    ]}
  />
)

interface DeleteProps {
  readonly of: Allowance
  readonly close: () => void
  readonly done: (text: string) => void
}

const Delete = ({ of, close, done }: DeleteProps) => {
  const act = async (): Promise<void> => {
    await ask(`/allowances/${encodeURIComponent(of.id)}`, { method: 'DELETE' })
    done('It is taken away.')
  }
  return (
    <Confirm title={`Take ${of.id} away`} action="Take away" isGrave close={close} act={act}>
      <p>
        {of.scope} is no longer bound by {amountOf(of.unit, of.limit)} {windowWords(of.window)}.
      </p>
    </Confirm>
  )
}
