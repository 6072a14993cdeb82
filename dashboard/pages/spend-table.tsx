import { count, many, percent, usdNumber } from '../format.ts'
import { Figure, Figures } from '../parts/card.tsx'
import { Empty } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Money } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import { nameOf, sumUsd, type UsageReport, type UsageRow } from './usage-report.ts'

interface TableProps {
  readonly report: UsageReport
  readonly by: string
  readonly words: string
}

const sum = (rows: readonly UsageRow[], read: (row: UsageRow) => number): number =>
  rows.reduce((all, row) => all + read(row), 0)

/** The filter of calls that shows what a row is about. */
const filters: Readonly<Record<string, string>> = { end_user: 'endUser' }

/** What each group used and cost, the dearest first. */
export const SpendTable = ({ report, by, words }: TableProps) => {
  if (report.rows.length === 0) return <Empty title="Nothing was used." />
  const all = usdNumber(sumUsd(report.rows.map(({ cost }) => cost))) ?? 0
  const rows = [...report.rows].sort((one, other) => (usdNumber(other.cost) ?? 0) - (usdNumber(one.cost) ?? 0))
  const link = (name: string | undefined) =>
    name === undefined ? (
      <span class="muted">none</span>
    ) : by === 'org' ? (
      name
    ) : (
      <a href={linkTo('calls', '', { [filters[by] ?? by]: name })}>{name}</a>
    )
  return (
    <>
      <Table
        caption={`Use and cost by ${words}`}
        rows={rows}
        keyOf={(row) => nameOf(row, by)}
        columns={[
          { title: words, cell: ({ group }) => <span class="break">{link(group[by])}</span> },
          { title: 'Calls', isNumber: true, cell: ({ calls }) => count(calls) },
          { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
          { title: 'Failed', isNumber: true, cell: ({ failed }) => count(failed) },
          {
            title: 'Input',
            isNumber: true,
            cell: (row) => count(row.inputTokens + row.cacheReadTokens + row.cacheWriteTokens),
          },
          { title: 'Output', isNumber: true, cell: ({ outputTokens }) => count(outputTokens) },
          { title: 'Cost', isNumber: true, cell: (row) => <Money amount={row.cost} unknown={row.unknownCost} /> },
          { title: 'Share', isNumber: true, cell: ({ cost }) => percent(usdNumber(cost) ?? 0, all) },
          { title: 'Saved', isNumber: true, cell: ({ saved }) => <Money amount={saved} /> },
        ]}
      />
      {report.isCut && <p class="warn">Only the first rows are shown; the CSV has more.</p>}
    </>
  )
}

/** The sums of a stretch of time. */
export const SpendFigures = ({ rows }: { readonly rows: readonly UsageRow[] }) => {
  const unknown = sum(rows, ({ unknownCost }) => unknownCost)
  const calls = sum(rows, (row) => row.calls)
  const total = sumUsd(rows.map(({ cost }) => cost))
  const estimated = sumUsd(rows.map(({ estimatedCost }) => estimatedCost))
  return (
    <Figures>
      <Figure
        id="total"
        label="Cost"
        value={<Money amount={total} />}
        note={
          unknown > 0 ? (
            <span class="warn">{count(unknown)} attempts of unknown cost are not in it</span>
          ) : (
            'nothing is unknown'
          )
        }
      />
      <Figure label="Of it estimated" value={<Money amount={estimated} />} />
      <Figure
        label="Saved by memory"
        value={<Money amount={sumUsd(rows.map(({ saved }) => saved))} />}
        note={many(
          sum(rows, ({ hits }) => hits),
          'hit',
        )}
      />
      <Figure label="Calls" value={count(calls)} />
      <Figure
        label="Cost of a call"
        value={calls === 0 ? '–' : <Money amount={Math.round((Number(total) * 1e9) / calls) / 1e9} />}
        note="on average"
      />
    </Figures>
  )
}
