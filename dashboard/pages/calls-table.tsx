import { count, duration } from '../format.ts'
import { type Column, Table } from '../parts/table.tsx'
import { Badge, Money, None, Time, type Tone } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { CallRow } from '../types.ts'

const tones: Readonly<Record<CallRow['outcome'], Tone>> = { ok: 'good', error: 'bad', cancelled: 'warn' }

/** How a call ended: its outcome, and the error it ended with. */
export const Outcome = ({ outcome, error }: Pick<CallRow, 'outcome' | 'error'>) => (
  <span class="row tight">
    <Badge tone={tones[outcome] ?? 'plain'}>{outcome}</Badge>
    {error && error !== outcome && <code>{error}</code>}
  </span>
)

const number = (value: number | null | undefined, format: (value: number) => string) =>
  value === null || value === undefined ? <None /> : format(value)

const tokensOf = ({ inputTokens, outputTokens }: CallRow) =>
  inputTokens === undefined || inputTokens === null ? <None /> : `${count(inputTokens)} → ${count(outputTokens ?? 0)}`

const columns: readonly Column<CallRow>[] = [
  {
    title: 'Time',
    cell: ({ id, startedAt }) => (
      <a href={linkTo('calls', id)}>
        <Time at={startedAt} />
      </a>
    ),
  },
  { title: 'Model', cell: ({ model }) => <span class="break">{model}</span> },
  { title: 'Target', cell: ({ target }) => (target ? <span class="break">{target}</span> : <None />) },
  { title: 'Outcome', cell: (row) => <Outcome {...row} /> },
  { title: 'Duration', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
  { title: 'First token', isNumber: true, cell: ({ firstTokenMs }) => number(firstTokenMs, duration) },
  { title: 'Tokens', isNumber: true, cell: tokensOf },
  { title: 'Cost', isNumber: true, cell: ({ costUsd }) => <Money amount={costUsd} /> },
  { title: 'Attempts', isNumber: true, cell: ({ attempts }) => count(attempts) },
  {
    title: 'Memory',
    cell: ({ cache }) =>
      cache ? <Badge tone={cache === 'miss' || cache === 'off' ? 'plain' : 'accent'}>{cache}</Badge> : <None />,
  },
  { title: 'Key', cell: ({ key }) => <span class="break">{key}</span> },
  { title: 'Team', cell: ({ team }) => (team ? <span class="break">{team}</span> : <None />) },
  { title: 'User', cell: ({ endUser }) => (endUser ? <span class="break">{endUser}</span> : <None />) },
]

const left = new Set(['First token', 'Attempts', 'Memory', 'Team', 'User'])

interface CallsTableProps {
  readonly rows: readonly CallRow[]
  readonly caption: string
  /** Only what matters most. */
  readonly isShort?: boolean
}

/** Calls, one in each row; the time leads to all that is known of it. */
export const CallsTable = ({ rows, caption, isShort = false }: CallsTableProps) => (
  <Table
    caption={caption}
    rows={rows}
    keyOf={({ id }) => id}
    columns={isShort ? columns.filter(({ title }) => !left.has(title)) : columns}
  />
)
