import { useState } from 'preact/hooks'
import { ask, queryOf } from '../api.ts'
import { count, percent, size } from '../format.ts'
import { Card, Figure, Figures } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Field, textIn } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, Meter, Money, None } from '../parts/values.tsx'
import { session } from '../session.ts'
import type { Overview } from '../types.ts'
import { useLoad } from '../use-load.ts'

interface Tier {
  readonly entries: number
  readonly bytes: number
  readonly mostBytes: number
  readonly dropped?: number
}

interface Recall {
  readonly scope: string
  readonly requests: number
  readonly wouldHits: number
  readonly hits: number
  readonly checks: number
  readonly wrong: number
  readonly estimate?: number
  readonly low: number
  readonly high: number
  readonly isSuspended: boolean
}

interface Standing {
  readonly memory: Tier
  readonly disk?: Tier
  readonly recall: readonly Recall[]
}

const refreshMs = 15_000
const dayMs = 86_400_000

/** Answers that are kept: how many, what they saved, and how to take them away. */
export const Cache = () => {
  const [isPurging, setPurging] = useState(false)
  const [from] = useState(() => new Date(Date.now() - dayMs).toISOString())
  const cache = useLoad<Standing>('/cache', { everyMs: refreshMs })
  const overview = useLoad<Overview>(`/overview${queryOf({ from, step: 'hour' })}`)
  return (
    <>
      <Head title="Answers from memory">
        {session.value?.mayWrite && (
          <button type="button" class="grave" onClick={() => setPurging(true)}>
            Take answers away
          </button>
        )}
      </Head>
      <div class="stack">
        <Show of={overview}>{({ totals }) => <Savings totals={totals} />}</Show>
        <Show of={cache}>
          {({ memory, disk, recall }) => (
            <div class="stack">
              <div class="grid">
                <TierCard title="In this process" tier={memory} />
                {disk ? (
                  <TierCard title="In the file" tier={disk} />
                ) : (
                  <Card title="In the file">
                    <Empty title="Nothing is kept beyond this process." />
                  </Card>
                )}
              </div>
              <Card title="Answers to questions that say the same">
                <RecallTable rows={recall} />
              </Card>
            </div>
          )}
        </Show>
      </div>
      {isPurging && <Purge close={() => setPurging(false)} done={cache.reload} />}
    </>
  )
}

const Savings = ({ totals: { hits, calls, savedUsd, costUsd } }: Pick<Overview, 'totals'>) => (
  <Figures>
    <Figure
      label="Hits, the last 24 hours"
      value={count(hits)}
      note={`${percent(hits, calls)} of ${count(calls)} calls`}
    />
    <Figure label="Saved" value={<Money amount={savedUsd} />} />
    <Figure label="Spent beside that" value={<Money amount={costUsd} />} />
  </Figures>
)

const TierCard = ({
  title,
  tier: { entries, bytes, mostBytes, dropped },
}: {
  readonly title: string
  readonly tier: Tier
}) => (
  <Card title={title}>
    {entries === 0 && bytes === 0 ? (
      <Empty title="No answer is kept.">
        <p>
          Answers are kept for models with <code>cache: 1h</code> in the configuration.
        </p>
      </Empty>
    ) : (
      <div class="stack">
        <p class="row between">
          <strong>{count(entries)} answers</strong>
          <span>
            {size(bytes)} of {size(mostBytes)}
          </span>
        </p>
        <Meter share={bytes / mostBytes} label={`${percent(bytes, mostBytes)} full`} />
        {dropped !== undefined && dropped > 0 && (
          <p class="muted">{count(dropped)} were not written: too large, too fast, or no room.</p>
        )}
      </div>
    )}
  </Card>
)

const RecallTable = ({ rows }: { readonly rows: readonly Recall[] }) => {
  if (rows.length === 0) {
    return (
      <Empty title="Only equal questions are answered from memory.">
        <p>
          With <code>semantic</code> in the cache of a model also those that say the same in other words.
        </p>
      </Empty>
    )
  }
  return (
    <Table
      caption="How answering like similar questions goes"
      rows={rows}
      keyOf={({ scope }) => scope}
      columns={[
        { title: 'Shared by', cell: ({ scope }) => <span class="break">{scope}</span> },
        { title: 'Looked for', isNumber: true, cell: ({ requests }) => count(Math.round(requests)) },
        { title: 'Found', isNumber: true, cell: ({ wouldHits }) => count(Math.round(wouldHits)) },
        { title: 'Answered', isNumber: true, cell: ({ hits }) => count(Math.round(hits)) },
        { title: 'Compared', isNumber: true, cell: ({ checks }) => count(Math.round(checks)) },
        { title: 'Differed', isNumber: true, cell: ({ wrong }) => count(Math.round(wrong)) },
        {
          title: 'Wrong answers',
          isNumber: true,
          cell: ({ estimate, low, high }) =>
            estimate === undefined ? (
              <None />
            ) : (
              <span title={`between ${percent(low)} and ${percent(high)}`}>{percent(estimate)}</span>
            ),
        },
        {
          title: 'State',
          cell: ({ isSuspended }) =>
            isSuspended ? <Badge tone="bad">suspended</Badge> : <Badge tone="good">in use</Badge>,
        },
      ]}
    />
  )
}

const names = ['model', 'team', 'owner', 'tag', 'scope', 'key'] as const

const Purge = ({ close, done }: { readonly close: () => void; readonly done: () => void }) => {
  const act = async (fields: FormData): Promise<void> => {
    const given = names.map((name) => [name, textIn(fields, name)] as const).filter(([, value]) => value !== undefined)
    const body = given.length === 0 && fields.get('all') === 'on' ? { all: true } : Object.fromEntries(given)
    const { purged } = await ask<{ purged: number }>('/cache/purge', { method: 'POST', body })
    toast(`${count(purged)} answers were taken away.`)
    done()
  }
  return (
    <Confirm title="Take answers away" action="Take away" isGrave close={close} act={act}>
      <p>Those to which everything applies that is written here. They are asked for anew, and paid for again.</p>
      <div class="pair">
        <Field label="Model" name="model" />
        <Field label="Team" name="team" />
        <Field label="Key that asked first" name="owner" />
        <Field label="Tag (name=value)" name="tag" />
        <Field label="Shared by" name="scope" />
        <Field label="One answer, by its name" name="key" />
      </div>
      <label class="row">
        <input type="checkbox" name="all" /> All there are, when nothing is written above
      </label>
    </Confirm>
  )
}
