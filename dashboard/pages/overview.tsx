import { useState } from 'preact/hooks'
import { queryOf } from '../api.ts'
import { Head } from '../parts/head.tsx'
import { Range, rangeOf } from '../parts/range.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { stretchOf, wordsOf } from '../stretches.ts'
import type { Overview as Told } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { LivePanel } from './live-panel.tsx'
import { OverviewCharts } from './overview-charts.tsx'
import { OverviewFigures } from './overview-figures.tsx'
import { BudgetsCard, ErrorsCard, ModelsCard, TargetsCard } from './overview-tables.tsx'

const refreshMs = 10_000

/** How the gateway fares: traffic, time, errors, money, memory, and what happens right now. */
export const Overview = () => {
  // The address of what is asked changes only when a step is over; in between it is asked again.
  const [now, setNow] = useState(Date.now)
  const { from, to, step } = stretchOf(rangeOf(), now)
  const query = queryOf({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), step })
  const told = useLoad<Told>(`/overview${query}`, { everyMs: refreshMs })
  if (told.data && Date.now() > to) setTimeout(() => setNow(Date.now()))
  const range = wordsOf(rangeOf())
  return (
    <>
      <Head title="Overview">
        <Range />
      </Head>
      <div class="stack">
        <Show of={told}>
          {(overview) =>
            overview.totals.calls === 0 ? (
              <NoCalls range={range} />
            ) : (
              <div class="stack">
                <OverviewFigures totals={overview.totals} stretchMs={to - from} range={range} />
                <OverviewCharts overview={overview} range={range} />
                <div class="grid">
                  <ModelsCard models={overview.models} />
                  <TargetsCard targets={overview.targets} />
                  <ErrorsCard errors={overview.errors} calls={overview.totals.calls} />
                  <BudgetsCard />
                </div>
              </div>
            )
          }
        </Show>
        <LivePanel />
      </div>
    </>
  )
}

const NoCalls = ({ range }: { readonly range: string }) => (
  <section class="card">
    <Empty
      title={`No calls in ${range}.`}
      command={`curl ${location.origin}/v1/chat/completions \\
  -H 'content-type: application/json' \\
  -H 'authorization: Bearer <key>' \\
  -d '{"model":"sim/small","messages":[{"role":"user","content":"Hello"}]}'`}
    >
      <p>
        Choose a longer time above, or ask something: in the <a href="#/playground">playground</a>, or from a terminal.
        Where there are no keys yet, leave the authorization away.
      </p>
    </Empty>
  </section>
)
