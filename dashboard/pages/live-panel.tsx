import { useState } from 'preact/hooks'
import { count, duration } from '../format.ts'
import { useLive } from '../live.ts'
import { Card, Figure, Figures } from '../parts/card.tsx'
import { LiveBadge } from '../parts/live-badge.tsx'
import { Empty } from '../parts/states.tsx'
import { Badge, Money } from '../parts/values.tsx'
import type { TargetHealth } from '../types.ts'
import { CallsTable } from './calls-table.tsx'
import { useTail } from './tail.ts'

/** What comes each second. */
export interface Tick {
  readonly calls: number
  readonly errors: number
  readonly costUsd?: number | string | null
  readonly inFlight: number
  readonly latencyMs?: { readonly p50: number; readonly p95: number } | null
  readonly dropped: number
  readonly health?: readonly TargetHealth[]
  readonly queues?: readonly { readonly name: string; readonly waiting: number; readonly waitMs: number }[]
}

const mostRows = 12

/** What happens at this moment. */
export const LivePanel = () => {
  const [isPaused, setPaused] = useState(false)
  const [tick, setTick] = useState<Tick>()
  const { rows, take } = useTail(mostRows)
  const state = useLive(isPaused ? undefined : '/live', (event, data) => {
    if (event === 'tick') setTick(data as Tick)
    else if (event === 'call') take(data)
  })
  const badge = <LiveBadge state={state} isPaused={isPaused} toggle={() => setPaused(!isPaused)} />
  return (
    <Card title="Right now" actions={badge} isWide>
      <div class="stack">
        {tick && <Ticking tick={tick} />}
        {rows.length === 0 ? (
          <Empty title="No call has ended since this page was opened.">
            <p>Calls appear here as they end.</p>
          </Empty>
        ) : (
          <CallsTable rows={rows} caption="The latest calls" isShort />
        )}
      </div>
    </Card>
  )
}

const Ticking = ({ tick }: { readonly tick: Tick }) => {
  const troubled = (tick.health ?? []).filter(({ state }) => state !== 'closed')
  const waiting = (tick.queues ?? []).filter((queue) => queue.waiting > 0)
  return (
    <div class="stack">
      <Figures>
        <Figure id="in-flight" label="Under way" value={count(tick.inFlight)} />
        <Figure
          label="Calls in the last second"
          value={count(tick.calls)}
          note={tick.errors > 0 ? `${count(tick.errors)} failed` : 'none failed'}
        />
        <Figure
          label="Latency, last minute"
          value={tick.latencyMs ? duration(tick.latencyMs.p50) : '–'}
          note={tick.latencyMs ? `p95 ${duration(tick.latencyMs.p95)}` : 'no calls'}
        />
        <Figure label="Cost in the last second" value={<Money amount={tick.costUsd} />} />
        <Figure
          label="Targets"
          tone={troubled.length > 0 ? 'bad' : undefined}
          value={troubled.length === 0 ? 'all well' : `${troubled.length} left alone`}
          note={troubled.map(({ target }) => target).join(', ') || undefined}
        />
      </Figures>
      {waiting.length > 0 && (
        <p class="row">
          Waiting:
          {waiting.map(({ name, waiting: many, waitMs }) => (
            <Badge key={name} tone="warn">
              {name}: {count(many)}, {duration(waitMs)}
            </Badge>
          ))}
        </p>
      )}
    </div>
  )
}
