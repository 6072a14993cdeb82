import { queryOf } from '../api.ts'
import { count, distance, duration, percent } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Badge, Money, None, type Tone } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { Overview, PageOf, Provider, ProviderTarget, TargetHealth } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { ModelsTable, type Quality } from './models-table.tsx'
import { QueuesCard } from './queues-card.tsx'

const refreshMs = 10_000
const dayMs = 86_400_000

/** How models and their providers fare: health, time, cost and quality side by side. */
export const Models = () => {
  const providers = useLoad<PageOf<Provider>>('/providers', { everyMs: refreshMs })
  const overview = useLoad<Overview>(`/overview${queryOf({ from: dayStart(), step: 'day' })}`)
  const quality = useLoad<PageOf<Quality>>(`/quality${queryOf({ from: dayStart(), by: 'model' })}`)
  return (
    <>
      <Head title="Models and providers" />
      <div class="stack">
        <Card title="Models, the last 24 hours">
          <Show of={overview}>
            {({ models }) => <ModelsTable models={models} quality={quality.data?.data} failed={quality.error} />}
          </Show>
        </Card>
        <Show of={providers}>
          {({ data }) =>
            data.length === 0 ? (
              <Card title="Providers">
                <Empty title="No provider was asked in the last hour." />
              </Card>
            ) : (
              <div class="stack">
                {data.map((each) => (
                  <ProviderCard key={each.provider} provider={each} />
                ))}
              </div>
            )
          }
        </Show>
        <QueuesCard />
      </div>
    </>
  )
}

/** The same within each minute, so that what is asked stays the same. */
const dayStart = (): string => new Date(Math.floor(Date.now() / 60_000) * 60_000 - dayMs).toISOString()

const states: Readonly<Record<TargetHealth['state'], readonly [Tone, string]>> = {
  closed: ['good', 'well'],
  open: ['bad', 'left alone'],
  'half-open': ['warn', 'being tried'],
}

/** How a target fares, and why it is left alone. */
const Health = ({ state, reason, failingSince, opensUntil }: TargetHealth) => {
  const [tone, words] = states[state]
  return (
    <span class="row tight">
      <Badge tone={tone}>{words}</Badge>
      <small class="muted">
        {reason}
        {opensUntil ? ` until ${distance(opensUntil)}` : ''}
        {failingSince && !opensUntil ? ` failing since ${distance(failingSince)}` : ''}
      </small>
    </span>
  )
}

const timeOf = (ms: number | null | undefined) => (typeof ms === 'number' ? duration(ms) : <None />)

const ProviderCard = ({ provider: { provider, targets } }: { readonly provider: Provider }) => (
  <Card title={provider} actions={<small class="muted">the last hour</small>}>
    <Table<ProviderTarget>
      caption={`Targets of ${provider}`}
      rows={targets}
      keyOf={({ target }) => target}
      columns={[
        {
          title: 'Target',
          cell: ({ target }) => (
            <a class="break" href={linkTo('calls', '', { target })}>
              {target}
            </a>
          ),
        },
        { title: 'Health', cell: (target) => <Health {...target} /> },
        { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
        {
          title: 'Failed',
          isNumber: true,
          cell: ({ failed, attempts }) => (attempts === 0 ? <None /> : percent(failed, attempts)),
        },
        { title: 'Median', isNumber: true, cell: ({ latencyMs }) => timeOf(latencyMs?.p50) },
        { title: 'p95', isNumber: true, cell: ({ latencyMs }) => timeOf(latencyMs?.p95) },
        { title: 'First token', isNumber: true, cell: ({ firstTokenMs }) => timeOf(firstTokenMs?.p50) },
        {
          title: 'Tokens/s',
          isNumber: true,
          cell: ({ outputTokensPerSecond: speed }) => (typeof speed === 'number' ? count(Math.round(speed)) : <None />),
        },
        {
          title: 'Cost',
          isNumber: true,
          cell: ({ attempts, costUsd, unknownCost }) =>
            attempts === 0 ? <None /> : <Money amount={costUsd} unknown={unknownCost} />,
        },
      ]}
    />
  </Card>
)
