import { useState } from 'preact/hooks'
import { ApiError, fetchApi, queryOf } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { Range, rangeOf } from '../parts/range.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { narrow, place } from '../place.ts'
import { stretchOf, wordsOf } from '../stretches.ts'
import { useLoad } from '../use-load.ts'
import { BudgetsCard } from './overview-tables.tsx'
import { SpendChart } from './spend-chart.tsx'
import { SpendFigures, SpendTable } from './spend-table.tsx'
import type { UsageReport } from './usage-report.ts'

const groups = [
  ['model', 'model'],
  ['provider', 'provider'],
  ['target', 'target'],
  ['key', 'key'],
  ['team', 'team'],
  ['org', 'org'],
  ['user', 'user'],
  ['end_user', 'end user'],
  ['session', 'session'],
  ['tag', 'tag'],
] as const

/** What is spent, by whom and on what, and how far budgets reach. */
export const Spend = () => {
  const wanted = place.value.query.get('by') ?? 'model'
  const by = groups.some(([name]) => name === wanted) ? wanted : 'model'
  const range = rangeOf('7d')
  const [now] = useState(Date.now)
  const { from, to, step } = stretchOf(range, now)
  const time = step === 'day' ? 'day' : 'hour'
  const stretch = { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
  const overTime = useLoad<UsageReport>(`/usage${queryOf({ ...stretch, by: `${by},${time}`, limit: 10_000 })}`)
  const sums = useLoad<UsageReport>(`/usage${queryOf({ ...stretch, by, limit: 1_000 })}`)
  const words = groups.find(([name]) => name === by)?.[1] ?? by
  return (
    <>
      <Head title="Spend">
        <Range usual="7d" names={['24h', '7d', '30d', '90d']} />
      </Head>
      <div class="stack">
        <Show of={sums}>{({ rows }) => <SpendFigures rows={rows} />}</Show>
        <Card
          title={`Cost by ${words}`}
          actions={
            <div class="row by">
              <Choice label="Grouped by" value={by} choices={groups} change={(value) => narrow({ by: value })} />
            </div>
          }
        >
          <Show of={overTime}>
            {(report) =>
              report.rows.length === 0 ? (
                <Empty title={`Nothing was used in ${wordsOf(range)}.`}>
                  <p>What calls cost appears here as soon as they end.</p>
                </Empty>
              ) : (
                <SpendChart report={report} by={by} time={time} title={`Cost by ${words} in ${wordsOf(range)}`} />
              )
            }
          </Show>
        </Card>
        <Card
          title={`Each ${words}`}
          actions={<Csv query={queryOf({ ...stretch, by, format: 'csv', limit: 10_000 })} />}
        >
          <Show of={sums}>{(report) => <SpendTable report={report} by={by} words={words} />}</Show>
        </Card>
        <BudgetsCard />
      </div>
    </>
  )
}

/** Saves the table as a file; the token goes with the question, so it cannot be a plain link. */
const Csv = ({ query }: { readonly query: string }) => {
  const save = async (): Promise<void> => {
    try {
      const answer = await fetchApi(`/usage${query}`, { accept: 'text/csv' })
      const address = URL.createObjectURL(await answer.blob())
      const link = document.createElement('a')
      link.href = address
      link.download = 'usage.csv'
      link.click()
      URL.revokeObjectURL(address)
    } catch (thrown) {
      if (thrown instanceof ApiError) toast(thrown.message, 'bad')
    }
  }
  return (
    <button type="button" class="small" onClick={save}>
      Save as CSV
    </button>
  )
}
