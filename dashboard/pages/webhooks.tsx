import { queryOf } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Choice } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { More } from '../parts/more.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { narrow, place } from '../place.ts'
import { session } from '../session.ts'
import type { PageOf } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { usePages } from '../use-pages.ts'
import { Delivery, doing } from './webhook-event.tsx'
import { Endpoints, Events } from './webhook-tables.tsx'
import type { Endpoint, Event } from './webhook-types.ts'

/** Who is told of jobs, and what became of it. */
export const Webhooks = () => (place.value.of === '' ? <Overall /> : <Delivery id={place.value.of} />)

const Overall = () => {
  const endpoints = useLoad<PageOf<Endpoint>>('/webhooks?limit=1000')
  const status = place.value.query.get('status') ?? ''
  const endpoint = place.value.query.get('endpoint') ?? ''
  const events = usePages<Event>(`/webhooks/events${queryOf({ status, endpoint, limit: 50 })}`)
  const enable = async (name: string): Promise<void> => {
    await doing(`/webhooks/endpoints/${encodeURIComponent(name)}/enable`, `${name} is sent to again.`)
    endpoints.reload()
  }
  return (
    <>
      <Head title="Webhooks" />
      <div class="stack">
        <Card title="Endpoints">
          <Show of={endpoints}>
            {({ data }) =>
              data.length === 0 ? (
                <Empty title="Nobody is told of anything.">
                  <p>
                    Endpoints are written under <code>webhooks.endpoints</code> in the configuration.
                  </p>
                </Empty>
              ) : (
                <Endpoints rows={data} enable={session.value?.mayWrite ? enable : undefined} />
              )
            }
          </Show>
        </Card>
        <Card
          title="Events, newest first"
          actions={
            <div class="by">
              <Choice
                label="Status"
                value={status}
                choices={[['', 'any'], 'pending', 'delivered', 'failed', 'disabled']}
                change={(value) => narrow({ status: value })}
              />
            </div>
          }
        >
          <Show of={events.first}>
            {() =>
              events.rows.length === 0 ? (
                <Empty title="No event like this." />
              ) : (
                <>
                  <Events rows={events.rows} />
                  <More of={events} />
                </>
              )
            }
          </Show>
        </Card>
      </div>
    </>
  )
}
