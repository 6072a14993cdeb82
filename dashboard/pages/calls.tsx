import { useEffect, useState } from 'preact/hooks'
import { queryOf } from '../api.ts'
import { useLive } from '../live.ts'
import { Card } from '../parts/card.tsx'
import { Head } from '../parts/head.tsx'
import { LiveBadge } from '../parts/live-badge.tsx'
import { More } from '../parts/more.tsx'
import { Range, rangeOf } from '../parts/range.tsx'
import { Command, Empty, Show } from '../parts/states.tsx'
import { place } from '../place.ts'
import { ranges, wordsOf } from '../stretches.ts'
import type { CallRow } from '../types.ts'
import { usePages } from '../use-pages.ts'
import { Call } from './call.tsx'
import { CallFilters, filterNames } from './call-filters.tsx'
import { CallsTable } from './calls-table.tsx'
import { useTail } from './tail.ts'

/** All calls, or one of them. */
export const Calls = () => (place.value.of === '' ? <CallList /> : <Call id={place.value.of} />)

const mostLive = 200

const filtersOf = (query: URLSearchParams): Record<string, string | undefined> =>
  Object.fromEntries(filterNames.map((name) => [name, query.get(name) ?? undefined]))

const CallList = () => {
  const [isLive, setLive] = useState(false)
  const filters = filtersOf(place.value.query)
  const name = rangeOf('24h')
  return (
    <>
      <Head title="Calls">
        {!isLive && <Range usual="24h" />}
        <button type="button" aria-pressed={isLive} onClick={() => setLive(!isLive)}>
          Follow live
        </button>
      </Head>
      <div class="stack">
        <CallFilters />
        {isLive ? <LiveList filters={filters} /> : <Listed filters={filters} range={name} />}
      </div>
    </>
  )
}

type Filters = Readonly<Record<string, string | undefined>>

/** Calls as they end. */
const LiveList = ({ filters }: { readonly filters: Filters }) => {
  const [isPaused, setPaused] = useState(false)
  const { rows, take } = useTail(mostLive)
  const [dropped, setDropped] = useState(0)
  const state = useLive(isPaused ? undefined : `/live${queryOf(filters)}`, (event, data) => {
    if (event === 'call') take(data)
    else if (event === 'tick') setDropped((before) => before + ((data as { dropped?: number }).dropped ?? 0))
  })
  const badge = <LiveBadge state={state} isPaused={isPaused} toggle={() => setPaused(!isPaused)} />
  return (
    <Card title="As they end" actions={badge}>
      {dropped > 0 && <p class="muted">{dropped} more ended faster than they can be shown.</p>}
      {rows.length === 0 ? (
        <Empty title="Waiting for a call to end." />
      ) : (
        <CallsTable rows={rows} caption="Calls as they end, newest first" />
      )}
    </Card>
  )
}

interface ListedProps {
  readonly filters: Filters
  readonly range: keyof typeof ranges
}

/** Calls that have ended, a page at a time. */
const Listed = ({ filters, range }: ListedProps) => {
  const query = queryOf(filters)
  // The beginning stays where it was when the list was asked for, so that its pages fit together.
  const [from, setFrom] = useState<string>()
  useEffect(() => setFrom(new Date(Date.now() - ranges[range].ms).toISOString()), [query, range])
  const calls = usePages<CallRow>(from && `/calls${queryOf({ ...filters, from, limit: 50 })}`, 'after')
  const again = (
    <button type="button" class="small" onClick={calls.reload}>
      Refresh
    </button>
  )
  return (
    <Card title="Ended, newest first" actions={again}>
      <Show of={calls.first}>
        {() =>
          calls.rows.length === 0 ? (
            <Nothing isNarrowed={query !== ''} range={range} />
          ) : (
            <>
              <CallsTable rows={calls.rows} caption="Calls, newest first" />
              <More of={calls} />
            </>
          )
        }
      </Show>
    </Card>
  )
}

const Nothing = ({ isNarrowed, range }: { readonly isNarrowed: boolean; readonly range: keyof typeof ranges }) => (
  <Empty title={`No call ${isNarrowed ? 'like this ' : ''}in ${wordsOf(range)}.`}>
    {isNarrowed ? (
      <p>Take filters away, or choose a longer time.</p>
    ) : (
      <>
        <p>
          Ask something in the <a href="#/playground">playground</a>, or from a terminal:
        </p>
        <Command
          text={`curl ${location.origin}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"model":"sim/small","messages":[{"role":"user","content":"Hello"}]}'`}
        />
      </>
    )}
  </Empty>
)
