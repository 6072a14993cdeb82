import { createRoute, z } from '@hono/zod-openapi'
import type { CallEntry } from '../../core/call-entry.ts'
import { GatewayError, invalid } from '../../core/errors.ts'
import { wholeUsage } from '../../core/kept-usage.ts'
import type { LedgerLine } from '../../core/ledger-line.ts'
import type { CallStore } from '../../stores/call-store.ts'
import { callFields, filterOf } from './call-fields.ts'
import { type EntryView, entryView, type RowView, rowView, viewOfBodies, viewOfEntry, viewOfRow } from './call-views.ts'
import { csvOf } from './csv.ts'
import { countField, failures, gives } from './fields.ts'
import { momentField, observed } from './observed.ts'
import { actorOf, type Principal } from './permission.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const list = createRoute({
  method: 'get',
  path: '/admin/api/calls',
  summary: 'List calls, newest first',
  description:
    'Of all processes that share the store. Nothing of the conversation is in it. A page may hold fewer calls than asked for and still go on, where few are found among many. As CSV with `format=csv` or `accept: text/csv`.',
  tags: ['Calls'],
  request: {
    query: z.strictObject({
      from: momentField.optional().openapi({ description: 'When they began. Default: a day before `to`.' }),
      to: momentField.optional().openapi({ description: 'Not included. Default: now.' }),
      ...callFields,
      after: z.string().max(64).optional().openapi({ description: '`next` of the page before.' }),
      limit: countField(50, 1_000),
      format: z.enum(['json', 'csv']).optional(),
    }),
  },
  responses: {
    200: {
      description: 'Calls, as JSON or as CSV.',
      content: {
        'application/json': { schema: z.strictObject({ data: z.array(rowView), next: z.string().nullable() }) },
        'text/csv': { schema: z.string() },
      },
    },
    ...failures,
  },
})

const show = createRoute({
  method: 'get',
  path: '/admin/api/calls/{id}',
  summary: 'Show a call',
  description:
    'With its attempts, what was decided on the way, what the gateway asked for it, and, for a token that may write, what was said, where that is kept.',
  tags: ['Calls'],
  request: { params: z.object({ id: z.string().min(1).max(256) }) },
  responses: { ...gives('The call; the newest of this id.', entryView), ...failures },
})

const dayMs = 86_400_000

const columns = Object.keys(rowView.shape) as (keyof RowView)[]

const csvOfRows = (rows: readonly RowView[]): string =>
  csvOf(
    columns.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
    rows.map((row) => columns.map((name) => cellOf(name, row))),
  )

const cellOf = (name: keyof RowView, row: RowView): string =>
  name === 'startedAt' ? new Date(row.startedAt).toISOString() : String(row[name] ?? '')

/** Single calls, with everything that is kept of them. */
export const addCallsRoutes = (app: AdminApp, tools: AdminTools): void => {
  app.openapi(list, async (context) => {
    const { from: given, to = Date.now() + 1, after, limit, format, ...rest } = context.req.valid('query')
    const from = given ?? to - dayMs
    if (from >= to) throw invalid('from', 'must be before "to"')
    const calls = await observed(tools)
    const page = await calls.list({ from, to, where: filterOf(rest) ?? {}, after, limit })
    const data = page.entries.map(viewOfRow)
    const wantsCsv = format === undefined && /^text\/csv\b/.test(context.req.header('accept') ?? '')
    if (format !== 'csv' && !wantsCsv) return context.json({ data, next: page.next ?? null }, 200)
    context.header('content-disposition', 'attachment; filename="calls.csv"')
    if (page.next !== undefined) context.header('x-next', page.next)
    return context.body(csvOfRows(data), 200, { 'content-type': 'text/csv; charset=utf-8' })
  })
  app.openapi(show, async (context) => {
    const calls = await observed(tools)
    const { id } = context.req.valid('param')
    const entry = await calls.find(id)
    if (!entry) throw new GatewayError('not_found', 'No call of this id is kept.')
    const [children, ledger, feedback] = await Promise.all([
      childrenOf(calls, entry),
      linesOf(tools, entry),
      tools.observing?.feedbackOf?.(id) ?? [],
    ])
    const bodies = await bodiesOf(tools, entry, context.env.principal)
    const beside = { children, ledger, feedback: feedback.map((each) => ({ ...each })), bodies }
    return context.json({ ...viewOfEntry(entry), ...beside }, 200)
  })
}

/** What was said is shown to whoever may write, and never without a word of who looked. */
const bodiesOf = async (
  { observing, control }: AdminTools,
  { id, startedAt, org, team, key }: CallEntry,
  principal: Principal | undefined,
): Promise<EntryView['bodies']> => {
  if (!principal?.permissions.includes('write')) return null
  const bodies = await observing?.bodiesOf?.({ call: id, startedAt, org, team, key })
  if (!bodies) return null
  await control.noteReading(id, actorOf({ principal }))
  return viewOfBodies(bodies)
}

/** What is asked for a call in the background ends long after it. */
const childrenMs = 86_400_000
const mostChildren = 100

const childrenOf = async (calls: Pick<CallStore, 'list'>, { id, startedAt }: CallEntry): Promise<RowView[]> => {
  const stretch = { from: startedAt - 1_000, to: startedAt + childrenMs }
  const { entries } = await calls.list({ ...stretch, where: { parent: id }, limit: mostChildren })
  return entries.map(viewOfRow)
}

const mostLines = 5_000

/** Lines are found by the time at which they ended, which is while the call was under way. */
const linesOf = async ({ control }: AdminTools, entry: CallEntry): Promise<Record<string, unknown>[]> => {
  const { startedAt, durationMs, key } = entry
  const texts = await control.lines({
    from: Math.floor(startedAt) - 1,
    to: Math.ceil(startedAt + durationMs) + 2,
    where: { key },
    limit: mostLines,
  })
  return texts
    .map((text): LedgerLine => JSON.parse(text))
    .filter(({ call }) => call === entry.id)
    .sort((one, other) => one.ordinal - other.ordinal)
    .map((line) => ({ ...line, usage: line.usage && wholeUsage(line.usage) }))
}
