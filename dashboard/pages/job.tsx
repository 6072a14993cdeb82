import { useState } from 'preact/hooks'
import { ApiError, ask } from '../api.ts'
import { count, duration, usdNumber } from '../format.ts'
import { Card, Figure, Figures } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, Money, None, Time } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import { session } from '../session.ts'
import { useLoad } from '../use-load.ts'
import { type JobAttempt, type JobView, jobTones } from './job-types.ts'

const refreshMs = 3_000
const isOver = ({ state }: JobView): boolean => state !== 'queued' && state !== 'running'

/** One job: what it is, what was tried, and what can be done about it. */
export const JobPage = ({ id }: { readonly id: string }) => {
  const path = `/jobs/${encodeURIComponent(id)}`
  const [isOverAlready, setOver] = useState(false)
  const job = useLoad<JobView>(path, { everyMs: isOverAlready ? undefined : refreshMs })
  if (job.data && isOver(job.data) !== isOverAlready)
    setTimeout(() => setOver(job.data !== undefined && isOver(job.data)))
  const act = async (what: 'cancel' | 'retry', done: string): Promise<void> => {
    try {
      await ask(`${path}/${what}`, { method: 'POST', body: {} })
      toast(done)
    } catch (thrown) {
      if (thrown instanceof ApiError) toast(thrown.message, 'bad')
    }
    job.reload()
  }
  const { data } = job
  return (
    <>
      <Head
        title={
          <>
            Job <code class="break">{id}</code>
          </>
        }
      >
        {session.value?.mayWrite && data && !isOver(data) && (
          <button type="button" class="grave" onClick={() => act('cancel', 'It is asked to stop.')}>
            Cancel
          </button>
        )}
        {session.value?.mayWrite && (data?.state === 'failed' || data?.state === 'cancelled') && (
          <button type="button" onClick={() => act('retry', 'It is asked again, as a new job.')}>
            Ask again
          </button>
        )}
        <a href="#/jobs">All jobs</a>
      </Head>
      <Show of={job}>{(told) => <Told job={told} />}</Show>
    </>
  )
}

const Told = ({ job }: { readonly job: JobView }) => (
  <div class="stack">
    <Figures>
      <Figure
        label="State"
        value={<Badge tone={jobTones[job.state]}>{job.state}</Badge>}
        note={job.isStopping ? 'it is asked to stop' : job.error?.message}
      />
      <Figure
        label="Before it"
        value={job.position === undefined ? '–' : count(job.position)}
        note="jobs would begin first"
      />
      <Figure
        label="Attempts"
        value={`${job.attempts} of ${job.maxAttempts}`}
        note={job.crashes > 0 ? `${count(job.crashes)} workers died with it` : undefined}
      />
      <Figure label="Cost" value={job.attempts === 0 ? '–' : <Money amount={job.cost} unknown={job.unknownCosts} />} />
    </Figures>
    <Card title="What it is">
      <Facts
        facts={[
          ['Endpoint', job.endpoint],
          ['Model', job.model],
          ['Owner', job.owner],
          ['Key', <a href={linkTo('calls', '', { key: job.key })}>{job.key}</a>],
          ['Priority', job.priority],
          ['Set aside', usdNumber(job.held) !== 0 && <Money amount={job.held} />],
          ['Submitted', <Time at={job.createdAt} />],
          ['Not before', <Time at={job.runAt} />],
          ['Until', job.deadlineAt && <Time at={job.deadlineAt} />],
          ['Began', job.startedAt && <Time at={job.startedAt} />],
          ['Ended', job.endedAt && <Time at={job.endedAt} />],
          ['Deleted', job.expiresAt && <Time at={job.expiresAt} />],
          ['Told', job.webhook],
          ['Asks again', job.retryOf && <a href={linkTo('jobs', job.retryOf)}>{job.retryOf}</a>],
          ['Dead letter', job.dead && (job.dead === 'poison' ? 'its workers died of it' : 'its attempts were used up')],
          ['Asked again as', job.redrivenAs && <a href={linkTo('jobs', job.redrivenAs)}>{job.redrivenAs}</a>],
        ]}
      />
    </Card>
    <Card title="Attempts">
      <Attempts attempts={job.log} />
    </Card>
  </div>
)

const Attempts = ({ attempts }: { readonly attempts: readonly JobAttempt[] }) => {
  if (attempts.length === 0) return <Empty title="It has not begun." />
  return (
    <Table
      caption="Attempts"
      rows={attempts}
      keyOf={({ ordinal }) => String(ordinal)}
      columns={[
        { title: 'Attempt', cell: ({ ordinal }) => ordinal },
        { title: 'Began', cell: ({ startedAt }) => <Time at={startedAt} /> },
        {
          title: 'Took',
          isNumber: true,
          cell: ({ startedAt, endedAt }) =>
            endedAt ? duration(Date.parse(endedAt) - Date.parse(startedAt)) : 'under way',
        },
        {
          title: 'Outcome',
          cell: ({ outcome, error }) => (
            <span class="row tight">
              <Badge tone={outcome === 'succeeded' ? 'good' : outcome ? 'bad' : 'accent'}>{outcome ?? 'running'}</Badge>
              {error && <span class="break">{error.message}</span>}
            </span>
          ),
        },
        { title: 'Worker', cell: ({ worker }) => <span class="break">{worker}</span> },
        {
          title: 'Call',
          cell: ({ call }) =>
            call ? (
              <a class="break" href={linkTo('calls', call)}>
                {call}
              </a>
            ) : (
              <None />
            ),
        },
        { title: 'Cost', isNumber: true, cell: ({ outcome, cost }) => (outcome ? <Money amount={cost} /> : <None />) },
      ]}
    />
  )
}
