import { count, duration, percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Money, None } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { Allowance, Overview, PageOf } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { nearest, StandingLine } from './standing.tsx'

const most = 8

/** Models by calls. */
export const ModelsCard = ({ models }: Pick<Overview, 'models'>) => (
  <Card title="Models" actions={<a href="#/models">All models</a>}>
    <Table
      caption="Models, those with most calls first"
      rows={[...models].sort((one, other) => other.calls - one.calls).slice(0, most)}
      keyOf={({ name }) => name}
      columns={[
        {
          title: 'Model',
          cell: ({ name }) => (
            <a class="break" href={linkTo('calls', '', { model: name })}>
              {name}
            </a>
          ),
        },
        { title: 'Calls', isNumber: true, cell: ({ calls }) => count(calls) },
        { title: 'Errors', isNumber: true, cell: ({ errors, calls }) => percent(errors, calls) },
        { title: 'p95', isNumber: true, cell: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p95) : <None />) },
        { title: 'Cost', isNumber: true, cell: (row) => <Money amount={row.costUsd} unknown={row.unknownCost} /> },
      ]}
    />
  </Card>
)

/** Targets by attempts. */
export const TargetsCard = ({ targets }: Pick<Overview, 'targets'>) => (
  <Card title="Targets">
    <Table
      caption="Targets, those with most attempts first"
      rows={[...targets].sort((one, other) => other.attempts - one.attempts).slice(0, most)}
      keyOf={({ name }) => name}
      columns={[
        {
          title: 'Target',
          cell: ({ name }) => (
            <a class="break" href={linkTo('calls', '', { target: name })}>
              {name}
            </a>
          ),
        },
        { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
        { title: 'Failed', isNumber: true, cell: ({ failed, attempts }) => percent(failed, attempts) },
        { title: 'p95', isNumber: true, cell: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p95) : <None />) },
        { title: 'Cost', isNumber: true, cell: (row) => <Money amount={row.costUsd} unknown={row.unknownCost} /> },
      ]}
    />
  </Card>
)

interface ErrorsProps extends Pick<Overview, 'errors'> {
  readonly calls: number
}

/** What calls failed with. */
export const ErrorsCard = ({ errors, calls }: ErrorsProps) => (
  <Card title="Errors">
    {errors.length === 0 ? (
      <Empty title="Nothing failed." />
    ) : (
      <Table
        caption="What calls failed with"
        rows={[...errors].sort((one, other) => other.calls - one.calls)}
        keyOf={({ code }) => code}
        columns={[
          {
            title: 'Error',
            cell: ({ code }) => (
              <a href={linkTo('calls', '', { error: code })}>
                <code>{code}</code>
              </a>
            ),
          },
          { title: 'Calls', isNumber: true, cell: (row) => count(row.calls) },
          { title: 'Of all', isNumber: true, cell: (row) => percent(row.calls, calls) },
        ]}
      />
    )}
  </Card>
)

const refreshMs = 30_000

/** Budgets and limits that are nearest to their end. */
export const BudgetsCard = () => {
  const allowances = useLoad<PageOf<Allowance>>('/allowances?limit=1000', { everyMs: refreshMs })
  return (
    <Card title="Budgets and limits" actions={<a href="#/budgets">All budgets</a>}>
      <Show of={allowances}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="There are no budgets.">
              <p>
                Nothing keeps spending in bounds. <a href="#/budgets">Set a budget</a> for everybody, a team or a key.
              </p>
            </Empty>
          ) : nearest(data).length === 0 ? (
            <Empty title="No budget was used yet." />
          ) : (
            <ul class="standings">
              {nearest(data)
                .slice(0, most)
                .map(({ allowance, standing }) => (
                  <StandingLine key={`${allowance.id} ${standing.subject}`} allowance={allowance} standing={standing} />
                ))}
            </ul>
          )
        }
      </Show>
    </Card>
  )
}
