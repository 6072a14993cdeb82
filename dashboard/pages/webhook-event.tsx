import { useState } from 'preact/hooks'
import { ApiError, ask } from '../api.ts'
import { duration } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, None, Time } from '../parts/values.tsx'
import { session } from '../session.ts'
import { useLoad } from '../use-load.ts'
import { Events } from './webhook-tables.tsx'
import type { Attempt, Event } from './webhook-types.ts'

/** Does something and says how it went. */
export const doing = async (path: string, done: string): Promise<void> => {
  try {
    await ask(path, { method: 'POST', body: {} })
    toast(done)
  } catch (thrown) {
    if (thrown instanceof ApiError) toast(thrown.message, 'bad')
  }
}

/** One event, and what became of telling it. */
export const Delivery = ({ id }: { readonly id: string }) => {
  const told = useLoad<Event & { readonly log: readonly Attempt[] }>(`/webhooks/events/${encodeURIComponent(id)}`)
  const [isBusy, setBusy] = useState(false)
  const again = async (): Promise<void> => {
    setBusy(true)
    await doing(`/webhooks/events/${encodeURIComponent(id)}/redeliver`, 'It is sent again.')
    setBusy(false)
    told.reload()
  }
  return (
    <>
      <Head
        title={
          <>
            Event <code class="break">{id}</code>
          </>
        }
      >
        {session.value?.mayWrite && (
          <button type="button" onClick={again} disabled={isBusy}>
            Send again
          </button>
        )}
        <a href="#/webhooks">All events</a>
      </Head>
      <Show of={told}>
        {(event) => (
          <div class="stack">
            <Events rows={[event]} />
            <Card title="Latest attempts to tell it">
              {event.log.length === 0 ? (
                <Empty title="It was not tried yet." />
              ) : (
                <Table
                  caption="Attempts"
                  rows={event.log}
                  keyOf={({ at }) => at}
                  columns={[
                    { title: 'Time', cell: ({ at }) => <Time at={at} /> },
                    { title: 'Took', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
                    { title: 'Answer', isNumber: true, cell: ({ status }) => status ?? <None /> },
                    { title: 'Problem', cell: ({ problem }) => problem ?? <Badge tone="good">taken</Badge> },
                    {
                      title: 'It said',
                      cell: ({ said }) => (said ? <code class="break">{said.slice(0, 400)}</code> : <None />),
                    },
                  ]}
                />
              )}
            </Card>
          </div>
        )}
      </Show>
    </>
  )
}
