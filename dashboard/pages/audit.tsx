import { Card } from '../parts/card.tsx'
import { Head } from '../parts/head.tsx'
import { More } from '../parts/more.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Time } from '../parts/values.tsx'
import { usePages } from '../use-pages.ts'

interface Entry {
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Who changed what, and when. */
export const Audit = () => {
  const entries = usePages<Entry>('/audit?limit=100')
  return (
    <>
      <Head title="Audit log">
        <button type="button" class="small" onClick={entries.reload}>
          Refresh
        </button>
      </Head>
      <Card title="Changes, newest first">
        <Show of={entries.first}>
          {() =>
            entries.rows.length === 0 ? (
              <Empty title="Nothing was changed yet.">
                <p>Every change that administrators make is written down here.</p>
              </Empty>
            ) : (
              <>
                <Table
                  caption="Changes, newest first"
                  rows={entries.rows}
                  keyOf={({ at, action, subject, detail }) => `${at} ${action} ${subject} ${JSON.stringify(detail)}`}
                  columns={[
                    { title: 'Time', cell: ({ at }) => <Time at={at} /> },
                    { title: 'Who', cell: ({ actor }) => actor },
                    { title: 'What', cell: ({ action }) => <code>{action}</code> },
                    { title: 'Of what', cell: ({ subject }) => <span class="break">{subject}</span> },
                    {
                      title: 'Detail',
                      cell: ({ detail }) => (
                        <span class="break detail">
                          {Object.entries(detail)
                            .map(([name, value]) => `${name}: ${textOf(value)}`)
                            .join(', ')}
                        </span>
                      ),
                    },
                  ]}
                />
                <More of={entries} />
              </>
            )
          }
        </Show>
      </Card>
    </>
  )
}
