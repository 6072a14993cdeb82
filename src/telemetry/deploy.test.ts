import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { type MetricRow, metricTable } from './metric-table.ts'

const read = (path: string): Promise<string> => readFile(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')

interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly type: string
    readonly title: string
    readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  }[]
  readonly annotations: { readonly list: readonly { readonly expr: string }[] }
}

interface Rules {
  readonly groups: readonly {
    readonly name: string
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string }
    }[]
  }[]
}

/** Functions, operators and words of PromQL that are used here, beside metrics and labels. */
const known: ReadonlySet<string> = new Set([
  ...['sum', 'max', 'by', 'rate', 'increase', 'changes', 'histogram_quantile', 'scalar', 'le'],
  ...['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'up'],
])

const table: Readonly<Record<string, MetricRow>> = metricTable

/** The row of a series; of histograms the sums and buckets are series as well. */
const rowOf = (series: string): MetricRow | undefined => {
  const found = table[series]
  if (found) return found.kind === 'histogram' ? undefined : found
  const histogram = table[series.replace(/_(bucket|sum|count)$/, '')]
  return histogram?.kind === 'histogram' ? histogram : undefined
}

/** Everything that is wrong with an expression, as far as it can be seen without a Prometheus. */
const problemsOf = (expression: string): string[] => {
  const problems: string[] = []
  const open: string[] = []
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
  const plain = expression.replaceAll(/"[^"]*"/g, '""')
  for (const letter of plain) {
    if ('([{'.includes(letter)) open.push(letter)
    else if (letter in pairs && open.pop() !== pairs[letter]) problems.push(`${letter} closes nothing`)
  }
  if (open.length > 0) problems.push(`${open.join('')} is not closed`)
  const labels = new Set<string>(['instance', 'job', 'le'])
  for (const [series] of plain.matchAll(/tollgate_\w+/g)) {
    const row = rowOf(series)
    if (!row) problems.push(`there is no series ${series}`)
    for (const label of row?.labels ?? []) labels.add(label)
    const inside = /\{([^}]*)\}/.exec(plain.slice(plain.indexOf(series) + series.length))?.[1] ?? ''
    for (const [, label] of inside.matchAll(/(\w+) *(?:=~|!~|!=|=)/g))
      if (label !== undefined && !labels.has(label)) problems.push(`${series} has no label ${label}`)
    const isCounter = row?.kind === 'counter' || row?.kind === 'histogram'
    if (isCounter && !new RegExp(`(?:rate|increase|changes)\\(${series}`).test(plain))
      problems.push(`${series} only ever rises`)
  }
  for (const [, list = ''] of plain.matchAll(/\bby \(([^)]*)\)/g))
    for (const label of list.split(',').map((each) => each.trim()))
      if (!labels.has(label)) problems.push(`nothing has the label ${label}`)
  const outside = plain.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, ' ')
  for (const [word] of outside.matchAll(/[a-zA-Z_]\w*/g))
    if (!known.has(word) && !rowOf(word)) problems.push(`${word} is not known`)
  return problems
}

describe('the dashboard for Grafana', () => {
  test('asks only for series that there are, each panel in a place of its own', async () => {
    const { panels, annotations }: Dashboard = JSON.parse(await read('grafana/tollgate.json'))
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
    for (const { title, targets = [], type } of panels) {
      assert.ok(type === 'row' || targets.length > 0, title)
      for (const { expr } of targets) assert.deepEqual(problemsOf(expr), [], `${title}: ${expr}`)
    }
    for (const { expr } of annotations.list) assert.deepEqual(problemsOf(expr), [])
    for (const [index, { gridPos: one, title }] of panels.entries())
      for (const { gridPos: other } of panels.slice(index + 1)) {
        const isApart =
          one.x + one.w <= other.x ||
          other.x + other.w <= one.x ||
          one.y + one.h <= other.y ||
          other.y + other.h <= one.y
        assert.ok(isApart, title)
      }
  })
})

describe('the alert rules for Prometheus', () => {
  test('ask only for series that there are, and say what is wrong', async () => {
    const { groups }: Rules = parse(await read('prometheus/alerts.yaml'))
    const rules = groups.flatMap((group) => group.rules)
    assert.ok(rules.length > 10)
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
    for (const { alert, expr, labels, annotations } of rules) {
      assert.deepEqual(problemsOf(expr), [], alert)
      assert.match(alert, /^Tollgate[A-Z]\w+$/)
      assert.match(labels.severity, /^(info|warning|critical)$/)
      for (const [, label] of annotations.summary.matchAll(/\$labels\.(\w+)/g))
        assert.ok(expr.includes(label ?? '?') || label === 'instance', `${alert}: ${label}`)
    }
  })

  test('would be told of by this test where they are wrong', () => {
    assert.deepEqual(problemsOf('sum(rate(tollgate_nothing_total[5m]))').length > 0, true)
    assert.deepEqual(problemsOf('sum(rate(tollgate_shed_total[5m])'), ['( is not closed'])
    assert.deepEqual(problemsOf('sum by (target) (rate(tollgate_shed_total[5m]))'), ['nothing has the label target'])
    assert.deepEqual(problemsOf('tollgate_shed_total > 1'), ['tollgate_shed_total only ever rises'])
    assert.deepEqual(problemsOf('summ(tollgate_in_flight)'), ['summ is not known'])
  })
})
