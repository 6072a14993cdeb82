import { count, distance } from '../format.ts'
import { Table } from '../parts/table.tsx'
import { Badge, None, Time, type Tone } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { Endpoint, Event } from './webhook-types.ts'

const Standing = ({ disabledAt, disabledBecause, restsUntil, failingSince }: Endpoint) => {
  if (disabledAt)
    return (
      <Badge tone="bad" title={disabledBecause}>
        disabled: {disabledBecause ?? 'it failed too long'}
      </Badge>
    )
  if (restsUntil) return <Badge tone="warn">rests, {distance(restsUntil)}</Badge>
  if (failingSince) return <Badge tone="warn">failing since {distance(failingSince)}</Badge>
  return <Badge tone="good">well</Badge>
}

interface EndpointsProps {
  readonly rows: readonly Endpoint[]
  readonly enable: ((name: string) => Promise<void>) | undefined
}

/** Endpoints, one in each row. */
export const Endpoints = ({ rows, enable }: EndpointsProps) => (
  <Table
    caption="Endpoints"
    rows={rows}
    keyOf={({ endpoint }) => endpoint}
    columns={[
      {
        title: 'Endpoint',
        cell: ({ endpoint }) => (
          <a class="break" href={linkTo('webhooks', '', { endpoint })}>
            {endpoint}
          </a>
        ),
      },
      { title: 'Standing', cell: (endpoint) => <Standing {...endpoint} /> },
      { title: 'To be told', isNumber: true, cell: ({ pending }) => count(pending) },
      { title: 'From', cell: ({ configured }) => (configured ? 'the configuration' : 'a caller') },
      {
        title: 'Actions',
        cell: ({ endpoint, disabledAt, restsUntil }) =>
          enable && (disabledAt || restsUntil) ? (
            <button type="button" class="small" aria-label={`Enable ${endpoint}`} onClick={() => enable(endpoint)}>
              Enable
            </button>
          ) : (
            <None />
          ),
      },
    ]}
  />
)

const tones: Readonly<Record<Event['status'], Tone>> = {
  pending: 'accent',
  delivered: 'good',
  failed: 'bad',
  disabled: 'warn',
}

/** Events, one in each row; the time leads to all that is known of it. */
export const Events = ({ rows }: { readonly rows: readonly Event[] }) => (
  <Table
    caption="Events, newest first"
    rows={rows}
    keyOf={({ id }) => id}
    columns={[
      {
        title: 'Time',
        cell: ({ id, occurredAt }) => (
          <a href={linkTo('webhooks', id)}>
            <Time at={occurredAt} />
          </a>
        ),
      },
      { title: 'What', cell: ({ type }) => <code>{type}</code> },
      { title: 'Status', cell: ({ status }) => <Badge tone={tones[status]}>{status}</Badge> },
      { title: 'Endpoint', cell: ({ endpoint }) => <span class="break">{endpoint}</span> },
      {
        title: 'Job',
        cell: ({ job }) => (
          <a class="break" href={linkTo('jobs', job)}>
            {job}
          </a>
        ),
      },
      { title: 'Owner', cell: ({ owner }) => <span class="break">{owner}</span> },
      { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
      { title: 'Next', cell: ({ nextAt }) => (nextAt ? <Time at={nextAt} /> : <None />) },
    ]}
  />
)
