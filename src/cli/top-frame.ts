import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { shortMs, shortUsd } from './call-text.ts'
import { type Column, printable, table } from './table.ts'

/** What is shown: the last second and minute, and the sums of the last hour. */
export interface Frame {
  readonly tick: JsonObject
  readonly sums: JsonObject
}

const objectOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})
const listOf = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const number = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0)
const right = (heading: string): Column => ({ heading, align: 'right' })

const times = (value: JsonValue | undefined): string[] => {
  const { p50, p95, p99 } = objectOf(value)
  return [p50, p95, p99].map((ms) => (ms === undefined ? '' : shortMs(ms)))
}

const share = (part: number, whole: number): string => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)}%`)

/** A frame as text, no larger than the screen. */
export const frameText = (
  frame: Frame,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string =>
  [
    ...nowLines(frame.tick),
    '',
    ...hourLines(objectOf(frame.sums.totals)),
    '',
    ...modelLines(frame.sums),
    '',
    ...targetLines(frame),
    ...errorLines(frame.sums),
  ]
    .slice(0, Number.isFinite(rows) ? rows : undefined)
    .map((line) => [...line].slice(0, columns).join(''))
    .join('\n')

const nowLines = (tick: JsonObject): string[] => {
  const minute = objectOf(tick.minute)
  // What went before was not watched, and stands below.
  const watched = Math.max(1, number(tick.watchedSeconds))
  const { p50, p95 } = objectOf(tick.latencyMs)
  const queues = listOf(tick.queues).filter(({ waiting }) => number(waiting) > 0)
  return [
    `tollgate top  ${typeof tick.at === 'number' ? `${new Date(tick.at).toISOString().slice(11, 19)} UTC` : ''}`,
    `now        ${number(tick.calls)} calls/s  ${number(tick.errors)} errors/s  ${number(tick.inFlight)} under way  ${shortUsd(tick.costUsd)}/s`,
    `${(watched < 60 ? `last ${watched} s` : 'minute').padEnd(11)}${number(minute.calls)} calls  ${number(minute.errors)} errors  p50 ${shortMs(p50)}  p95 ${shortMs(p95)}  ${shortUsd(minute.costUsd)}`,
    ...queues.map(
      ({ name, waiting, waitMs }) => `waiting    ${printable(String(name))}: ${waiting}, ${shortMs(waitMs)}`,
    ),
  ]
}

const hourLines = (totals: JsonObject): string[] => {
  const [p50, p95, p99] = times(totals.latencyMs)
  const unknown = number(totals.unknownCost)
  return [
    `last hour  ${number(totals.calls)} calls  ${number(totals.errors)} errors (${share(number(totals.errors), number(totals.calls)) || '0%'})  ${number(totals.retries)} retries  ${number(totals.fallbacks)} fallbacks  ${number(totals.hits)} from memory`,
    `           p50 ${p50 || '–'}  p95 ${p95 || '–'}  p99 ${p99 || '–'}  ${number(totals.inputTokens)}+${number(totals.outputTokens)} tokens  ${shortUsd(totals.costUsd)}${unknown > 0 ? ` and ${unknown} attempts of unknown cost` : ''}  ${shortUsd(totals.savedUsd)} saved`,
  ]
}

const modelLines = ({ models }: JsonObject): string[] =>
  table(
    ['MODEL', right('CALLS'), right('ERRORS'), right('P50'), right('P95'), right('P99'), right('COST')],
    listOf(models).map((row) => [
      String(row.name),
      String(row.calls),
      share(number(row.errors), number(row.calls)),
      ...times(row.latencyMs),
      shortUsd(row.costUsd),
    ]),
  ).split('\n')

const targetLines = ({ tick, sums }: Frame): string[] => {
  const states = new Map(listOf(tick.health).map((each) => [each.target, each.state]))
  return table(
    ['TARGET', right('ATTEMPTS'), right('FAILED'), right('P50'), right('P95'), right('P99'), right('COST'), 'STATE'],
    listOf(sums.targets).map((row) => [
      String(row.name),
      String(row.attempts),
      share(number(row.failed), number(row.attempts)),
      ...times(row.latencyMs),
      shortUsd(row.costUsd),
      stateWords[String(states.get(row.name ?? ''))] ?? '',
    ]),
  ).split('\n')
}

const stateWords: Readonly<Record<string, string>> = {
  open: 'left alone',
  'half-open': 'tried again',
  closed: 'failing',
}

const errorLines = ({ errors }: JsonObject): string[] => {
  const all = listOf(errors)
  if (all.length === 0) return []
  return [
    '',
    ...table(
      ['ERROR', right('CALLS')],
      all.map(({ code, calls }) => [String(code), String(calls)]),
    ).split('\n'),
  ]
}
