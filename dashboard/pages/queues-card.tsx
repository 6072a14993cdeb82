import { count, duration, percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Badge, None } from '../parts/values.tsx'
import { useLoad } from '../use-load.ts'

interface Queue {
  readonly name: string
  readonly waiting: number
  readonly length: number
  readonly inFlight: number
  readonly concurrency: number
  readonly waitMs: number
  readonly pausedMs: number
  readonly quota: readonly {
    readonly unit: string
    readonly limit: number
    readonly used: number
    readonly source: string
  }[]
  readonly shed: Readonly<Record<string, number>>
}

const refreshMs = 5_000

/** The queues before targets, and what providers allow. */
export const QueuesCard = () => {
  const queues = useLoad<{ readonly data: readonly Queue[] }>('/queues', { everyMs: refreshMs })
  return (
    <Card title="Queues">
      <Show of={queues}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No target has a queue that was used.">
              <p>
                With <code>queue: true</code> at a provider calls wait for their turn instead of being refused.
              </p>
            </Empty>
          ) : (
            <Table
              caption="Queues before targets"
              rows={data}
              keyOf={({ name }) => name}
              columns={[
                { title: 'Queue', cell: ({ name }) => <span class="break">{name}</span> },
                {
                  title: 'Waiting',
                  isNumber: true,
                  cell: ({ waiting, length }) => `${count(waiting)} of ${count(length)}`,
                },
                {
                  title: 'Under way',
                  isNumber: true,
                  cell: ({ inFlight, concurrency }) => `${count(inFlight)} of ${count(concurrency)}`,
                },
                { title: 'Wait', isNumber: true, cell: ({ waitMs }) => duration(waitMs) },
                {
                  title: 'Paused',
                  isNumber: true,
                  cell: ({ pausedMs }) => (pausedMs > 0 ? duration(pausedMs) : <None />),
                },
                {
                  title: 'Quota',
                  cell: ({ quota }) => (
                    <span class="row tight">
                      {quota.map(({ unit, limit, used, source }) => (
                        <Badge
                          key={unit}
                          tone={used >= limit ? 'bad' : 'plain'}
                          title={`${used} of ${limit}, ${source}`}
                        >
                          {unit} {percent(used, limit)}
                        </Badge>
                      ))}
                    </span>
                  ),
                },
                {
                  title: 'Refused',
                  isNumber: true,
                  cell: ({ shed }) => count(Object.values(shed).reduce((sum, each) => sum + each, 0)),
                },
              ]}
            />
          )
        }
      </Show>
    </Card>
  )
}
