import type { ApiError } from '../api.ts'
import { count, duration, percent, usdNumber } from '../format.ts'
import { Empty } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Badge, Money, None } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { Overview } from '../types.ts'

interface Rate {
  readonly n: number
  readonly rate: number
  readonly low: number
  readonly high: number
}

/** How good the answers of a model are, with the bounds within which that lies. */
export interface Quality {
  readonly name: string
  readonly calls: number
  readonly feedback?: { readonly n: number; readonly mean: number; readonly low: number; readonly high: number } | null
  readonly validity?: { readonly n: number; readonly valid: number; readonly low: number; readonly high: number } | null
  readonly truncated?: Rate | null
  readonly refused?: Rate | null
  readonly disagreement?: Rate | null
  readonly latencyBudget?: {
    readonly n: number
    readonly within: number
    readonly low: number
    readonly high: number
  } | null
  readonly alert?: { readonly metric: string; readonly was: number; readonly is: number } | null
}

type Model = Overview['models'][number]
type Row = Model & { readonly quality: Quality | undefined }

const between = (low: number, high: number): string => `most likely between ${percent(low)} and ${percent(high)}`

const rate = (told: Rate | null | undefined) =>
  told && told.n > 0 ? (
    <span title={`of ${told.n}, ${between(told.low, told.high)}`}>{percent(told.rate)}</span>
  ) : (
    <None />
  )

const share = (
  of: { readonly n: number; readonly low: number; readonly high: number } | null | undefined,
  good: number | undefined,
) =>
  of && of.n > 0 && good !== undefined ? (
    <span title={`${good} of ${of.n}, ${between(of.low, of.high)}`}>{percent(good, of.n)}</span>
  ) : (
    <None />
  )

const quality: readonly Column<Row>[] = [
  {
    title: 'Feedback',
    isNumber: true,
    cell: ({ quality: told }) =>
      told?.feedback && told.feedback.n > 0 ? (
        <span
          title={`${told.feedback.n} of them, most likely between ${told.feedback.low.toFixed(2)} and ${told.feedback.high.toFixed(2)}`}
        >
          {told.feedback.mean.toFixed(2)}
        </span>
      ) : (
        <None />
      ),
  },
  { title: 'Valid', isNumber: true, cell: ({ quality: told }) => share(told?.validity, told?.validity?.valid) },
  { title: 'Cut short', isNumber: true, cell: ({ quality: told }) => rate(told?.truncated) },
  { title: 'Refused', isNumber: true, cell: ({ quality: told }) => rate(told?.refused) },
  {
    title: 'In time',
    isNumber: true,
    cell: ({ quality: told }) => share(told?.latencyBudget, told?.latencyBudget?.within),
  },
]

const figures: readonly Column<Row>[] = [
  {
    title: 'Model',
    cell: ({ name, quality: told }) => (
      <span class="row tight">
        <a class="break" href={linkTo('calls', '', { model: name })}>
          {name}
        </a>
        {told?.alert && (
          <Badge tone="bad" title={`${told.alert.metric} was ${told.alert.was}, is ${told.alert.is}`}>
            {told.alert.metric} worse
          </Badge>
        )}
      </span>
    ),
  },
  { title: 'Calls', isNumber: true, cell: ({ calls }) => count(calls) },
  { title: 'Errors', isNumber: true, cell: ({ errors, calls }) => percent(errors, calls) },
  { title: 'Median', isNumber: true, cell: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p50) : <None />) },
  { title: 'p95', isNumber: true, cell: ({ latencyMs }) => (latencyMs ? duration(latencyMs.p95) : <None />) },
  {
    title: 'First token',
    isNumber: true,
    cell: ({ firstTokenMs }) => (firstTokenMs ? duration(firstTokenMs.p50) : <None />),
  },
  {
    title: 'Cost',
    isNumber: true,
    cell: ({ costUsd, unknownCost }) => <Money amount={costUsd} unknown={unknownCost} />,
  },
  {
    title: 'Per call',
    isNumber: true,
    cell: ({ costUsd, calls }) =>
      calls === 0 ? <None /> : <Money amount={Math.round(((usdNumber(costUsd) ?? 0) * 1e9) / calls) / 1e9} />,
  },
]

interface ModelsTableProps {
  readonly models: Overview['models']
  readonly quality: readonly Quality[] | undefined
  /** Why nothing is known of quality. */
  readonly failed: ApiError | undefined
}

/** Public models side by side. */
export const ModelsTable = ({ models, quality: told, failed }: ModelsTableProps) => {
  if (models.length === 0) return <Empty title="No model was asked for in the last 24 hours." />
  const rows = models.map((model) => ({ ...model, quality: told?.find(({ name }) => name === model.name) }))
  return (
    <>
      <Table
        caption="Models: errors, time, cost and quality"
        rows={rows}
        keyOf={({ name }) => name}
        columns={told === undefined ? figures : [...figures, ...quality]}
      />
      {failed && failed.status !== 404 && <p class="muted">Quality is not known: {failed.message}</p>}
    </>
  )
}
