import { useState } from 'preact/hooks'
import { ask, queryOf } from '../api.ts'
import { count, duration } from '../format.ts'
import { Card, Figure, Figures } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Choice, Field } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { More } from '../parts/more.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, Money, None, Time } from '../parts/values.tsx'
import { linkTo, narrow, place } from '../place.ts'
import { session } from '../session.ts'
import { useLoad } from '../use-load.ts'
import { usePages } from '../use-pages.ts'
import { JobPage } from './job.tsx'
import { type JobRow, jobTones } from './job-types.ts'

interface Counts {
  readonly queued: number
  readonly scheduled: number
  readonly running: number
  readonly dead: number
  readonly oldestMs: number
}

/** All jobs, or one of them. */
export const Jobs = () => (place.value.of === '' ? <JobList /> : <JobPage id={place.value.of} />)

const refreshMs = 5_000
const filters = ['state', 'owner', 'model'] as const

const JobList = () => {
  const { query } = place.value
  const [isRedriving, setRedriving] = useState(false)
  const counts = useLoad<Counts>('/jobs/counts', { everyMs: refreshMs })
  const wanted = Object.fromEntries(filters.map((name) => [name, query.get(name) ?? undefined]))
  const jobs = usePages<JobRow>(
    `/jobs${queryOf({ ...wanted, ...(wanted.state === 'dead' && { state: undefined, dead: 'true' }), limit: 50 })}`,
  )
  const line = (name: (typeof filters)[number], label: string) => (
    <Field
      key={`${name} ${query.get(name)}`}
      label={label}
      value={query.get(name) ?? ''}
      change={(value) => narrow({ [name]: value.trim() })}
    />
  )
  return (
    <>
      <Head title="Jobs">
        {session.value?.mayWrite && (counts.data?.dead ?? 0) > 0 && (
          <button type="button" onClick={() => setRedriving(true)}>
            Ask dead letters again
          </button>
        )}
        <button type="button" class="small" onClick={jobs.reload}>
          Refresh
        </button>
      </Head>
      <div class="stack">
        <Show of={counts}>{(told) => <CountFigures counts={told} />}</Show>
        <search class="card" aria-label="Filters">
          <div class="filters">
            <Choice
              label="State"
              value={query.get('state') ?? ''}
              choices={[['', 'any'], 'queued', 'running', 'succeeded', 'failed', 'cancelled', ['dead', 'dead letters']]}
              change={(state) => narrow({ state })}
            />
            {line('owner', 'Owner')}
            {line('model', 'Model')}
          </div>
        </search>
        <Card title="Newest first">
          <Show of={jobs.first}>
            {() =>
              jobs.rows.length === 0 ? (
                <NoJobs />
              ) : (
                <>
                  <JobsTable rows={jobs.rows} />
                  <More of={jobs} />
                </>
              )
            }
          </Show>
        </Card>
      </div>
      {isRedriving && <Redrive close={() => setRedriving(false)} done={jobs.reload} />}
    </>
  )
}

const CountFigures = ({ counts: { queued, scheduled, running, dead, oldestMs } }: { readonly counts: Counts }) => (
  <Figures>
    <Figure
      label="Waiting"
      value={count(queued)}
      note={scheduled > 0 ? `${count(scheduled)} of them for their time` : undefined}
    />
    <Figure label="Running" value={count(running)} />
    <Figure
      label="Dead letters"
      value={count(dead)}
      tone={dead > 0 ? 'bad' : undefined}
      note="failed for good, not asked again"
    />
    <Figure label="The longest wait" value={oldestMs > 0 ? duration(oldestMs) : '–'} />
  </Figures>
)

const NoJobs = () => (
  <Empty
    title="No job like this."
    command={`curl ${location.origin}/v1/jobs -H 'authorization: Bearer <key>' -H 'content-type: application/json' \\
  -d '{"endpoint":"/v1/chat/completions","body":{"model":"sim/small","messages":[{"role":"user","content":"Hello"}]}}'`}
  >
    <p>What need not be answered at once is submitted as a job:</p>
  </Empty>
)

const JobsTable = ({ rows }: { readonly rows: readonly JobRow[] }) => (
  <Table
    caption="Jobs, newest first"
    rows={rows}
    keyOf={({ id }) => id}
    columns={[
      {
        title: 'Submitted',
        cell: ({ id, createdAt }) => (
          <a href={linkTo('jobs', id)}>
            <Time at={createdAt} />
          </a>
        ),
      },
      {
        title: 'State',
        cell: ({ state, error, dead }) => (
          <span class="row tight">
            <Badge tone={jobTones[state]}>{state}</Badge>
            {dead && <Badge tone="bad">dead letter</Badge>}
            {error && <code title={error.message}>{error.code}</code>}
          </span>
        ),
      },
      { title: 'Model', cell: ({ model }) => (model ? <span class="break">{model}</span> : <None />) },
      { title: 'Endpoint', cell: ({ endpoint }) => <span class="break">{endpoint}</span> },
      { title: 'Owner', cell: ({ owner }) => <span class="break">{owner}</span> },
      { title: 'Priority', cell: ({ priority }) => priority },
      { title: 'Attempts', isNumber: true, cell: ({ attempts, maxAttempts }) => `${attempts} of ${maxAttempts}` },
      {
        title: 'Cost',
        isNumber: true,
        cell: ({ cost, attempts, unknownCosts }) =>
          attempts === 0 ? <None /> : <Money amount={cost} unknown={unknownCosts} />,
      },
      { title: 'Ended', cell: ({ endedAt }) => <Time at={endedAt} /> },
    ]}
  />
)

interface Redriven {
  readonly jobs: readonly unknown[]
  readonly failed: readonly { readonly id: string; readonly problem: string }[]
}

const Redrive = ({ close, done }: { readonly close: () => void; readonly done: () => void }) => {
  const act = async (): Promise<void> => {
    const told = await ask<Redriven>('/jobs/redrive', { method: 'POST', body: { all: true } })
    toast(`${count(told.jobs.length)} dead letters are asked again.`)
    for (const { id, problem } of told.failed) toast(`${id}: ${problem}`, 'bad')
    done()
  }
  return (
    <Confirm title="Ask dead letters again" action="Ask again" close={close} act={act}>
      <p>Every job that failed for good and was not asked again becomes a new job. It costs what it costs anew.</p>
    </Confirm>
  )
}
