import type { CallEntry, EntryAttempt } from '../call-types.ts'
import { duration } from '../format.ts'
import { Empty } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Badge, Money, None } from '../parts/values.tsx'
import { usdOfNanos } from './nanos.ts'

const share = (ms: number, of: number): string => `${Math.max(0, Math.min(100, (100 * ms) / Math.max(1, of)))}%`

interface BarProps {
  readonly call: CallEntry
  readonly attempt: EntryAttempt
}

/** When an attempt waited, when it was asked, and when its first word came, within the whole call. */
const Bar = ({ call, attempt }: BarProps) => {
  const { startMs, durationMs, queuedMs, outcome } = attempt
  const whole = call.durationMs
  const queued = queuedMs ?? 0
  const answered = outcome === 'ok' && typeof call.firstTokenMs === 'number' ? call.firstTokenMs : undefined
  const first = answered !== undefined && answered > startMs && answered < startMs + durationMs ? answered : undefined
  const words = [
    queued > 0 && `waited ${duration(queued)}`,
    `began after ${duration(startMs)}`,
    first !== undefined && `first token after ${duration(first)}`,
    `took ${duration(durationMs)}`,
  ]
  const label = words.filter(Boolean).join(', ')
  return (
    <div class="lane" role="img" aria-label={label} title={label}>
      {queued > 0 && (
        <i class="queued" style={{ left: share(Math.max(0, startMs - queued), whole), width: share(queued, whole) }} />
      )}
      <i
        class={outcome === 'ok' ? 'c-good' : outcome === 'cancelled' ? 'c-warn' : 'c-bad'}
        style={{ left: share(startMs, whole), width: share(durationMs, whole) }}
      />
      {first !== undefined && <i class="first" style={{ left: share(first, whole) }} />}
    </div>
  )
}

/** The attempts of a call, drawn to scale and told in figures. */
export const Attempts = ({ call }: { readonly call: CallEntry }) => {
  if (call.attempts.length === 0) return <Empty title="No provider was asked." />
  return (
    <>
      <Table
        caption="Attempts"
        rows={call.attempts}
        keyOf={({ ordinal, target }) => `${ordinal} ${target}`}
        columns={[
          {
            title: 'Target',
            cell: ({ ordinal, target, isHedge }) => (
              <>
                <span class="muted">{ordinal}.</span> <span class="break">{target}</span>{' '}
                {isHedge && <Badge tone="accent">hedge</Badge>}
              </>
            ),
          },
          { title: `0 to ${duration(call.durationMs)}`, cell: (attempt) => <Bar call={call} attempt={attempt} /> },
          {
            title: 'Outcome',
            cell: ({ outcome, error, status }) => (
              <span class="row tight">
                <Badge tone={outcome === 'ok' ? 'good' : outcome === 'cancelled' ? 'warn' : 'bad'}>{outcome}</Badge>
                {error && <code>{error}</code>}
                {typeof status === 'number' && <span class="muted">{status}</span>}
              </span>
            ),
          },
          { title: 'Waited', isNumber: true, cell: ({ queuedMs }) => (queuedMs ? duration(queuedMs) : <None />) },
          { title: 'Began at', isNumber: true, cell: ({ startMs }) => duration(startMs) },
          { title: 'Took', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
          {
            title: 'Set aside',
            isNumber: true,
            cell: ({ held }) => (held ? <Money amount={usdOfNanos(held)} /> : <None />),
          },
          {
            title: 'Cost',
            isNumber: true,
            cell: ({ cost, costUsd, usage }) => (
              <Money amount={costUsd ?? usdOfNanos(cost)} isEstimated={usage?.source === 'estimated'} />
            ),
          },
        ]}
      />
      <ul class="key">
        <li>
          <i class="swatch queued" /> waited in a queue
        </li>
        <li>
          <i class="swatch c-good" /> answered
        </li>
        <li>
          <i class="swatch c-bad" /> failed
        </li>
        <li>
          <i class="swatch first" /> first token
        </li>
      </ul>
    </>
  )
}
