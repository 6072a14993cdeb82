import { count, distance, percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/values.tsx'
import type { Allowance, Standing } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { BurnDown } from './burn-down.tsx'
import { amountOf, isNow, nearest, shareOf, usedUpAt, windowWords } from './standing.tsx'

/** One budget: whom it binds, how it goes, and whether it will last. */
export const Budget = ({ id }: { readonly id: string }) => {
  const allowance = useLoad<Allowance>(`/allowances/${encodeURIComponent(id)}`)
  return (
    <>
      <Head title={id}>
        <a href="#/budgets">All budgets</a>
      </Head>
      <Show of={allowance}>
        {(told) => (
          <div class="stack">
            <div class="grid">
              <Card title="What it is">
                <Facts
                  facts={[
                    ['Whose', told.scope],
                    ['Limit', amountOf(told.unit, told.limit)],
                    ['Window', windowWords(told.window)],
                    ['Model', told.model ?? 'all together'],
                    ['At the limit', told.hard ? (told.onLimit ?? 'refuse') : 'only counted, never refused'],
                    ['Told at', told.alerts.map((each) => `${each}%`).join(', ')],
                    ['Told where', told.webhook],
                    ['From', told.declared ? 'the configuration' : 'set by administrators'],
                  ]}
                />
              </Card>
              <Subject allowance={told} />
            </div>
            <Card title="Where everybody stands">
              <Standings allowance={told} />
            </Card>
          </div>
        )}
      </Show>
    </>
  )
}

/** How it goes for the one that used most. */
const Subject = ({ allowance }: { readonly allowance: Allowance }) => {
  const [placed] = nearest([allowance])
  if (!placed || allowance.unit !== 'usd' || placed.standing.from === undefined) return null
  return (
    <Card title={`What is left for ${placed.standing.subject}`}>
      <BurnDown placed={placed} />
    </Card>
  )
}

const Standings = ({ allowance }: { readonly allowance: Allowance }) => {
  if (allowance.standings.length === 0) return <Empty title="Nobody has used it yet." />
  const amount = (value: string) => <span title={value}>{amountOf(allowance.unit, value)}</span>
  const end = (standing: Standing) => {
    if (!isNow(standing)) return <span class="muted">over</span>
    if (shareOf({ allowance, standing }) >= 1) return <span class="bad">used up</span>
    const at = usedUpAt({ allowance, standing })
    return at === undefined ? (
      'lasts'
    ) : (
      <>
        used up on <Time at={at} />
      </>
    )
  }
  return (
    <>
      <Table
        caption={`Who used ${allowance.id}`}
        rows={allowance.standings}
        keyOf={({ subject, from }) => `${subject} ${from}`}
        columns={[
          { title: 'Whose', cell: ({ subject }) => <span class="break">{subject}</span> },
          { title: 'Used', isNumber: true, cell: ({ settled }) => amount(settled) },
          { title: 'Set aside', isNumber: true, cell: ({ leased }) => amount(leased) },
          { title: 'Lost', isNumber: true, cell: ({ lost }) => amount(lost) },
          { title: 'Free', isNumber: true, cell: ({ free }) => amount(free) },
          { title: 'Share', isNumber: true, cell: (standing) => percent(shareOf({ allowance, standing })) },
          { title: 'New', cell: ({ to }) => (to === undefined ? 'never' : <span title={to}>{distance(to)}</span>) },
          { title: 'At this rate', cell: end },
        ]}
      />
      {allowance.subjects > allowance.standings.length && (
        <p class="muted">
          {count(allowance.standings.length)} of {count(allowance.subjects)} are shown, those that used most.
        </p>
      )}
    </>
  )
}
