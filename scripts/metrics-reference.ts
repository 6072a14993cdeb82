import { writeFile } from 'node:fs/promises'
import { type MetricRow, metricTable } from '../src/telemetry/metric-table.ts'
import { mostLabelValues, otherValue } from '../src/telemetry/series.ts'

/** Where the page lives. */
export const metricsPage = new URL('../docs/reference/metrics.md', import.meta.url)

const code = (text: string): string => `\`${text}\``

const section = ([name, row]: [name: string, row: MetricRow]): string => {
  const labels = row.labels.length === 0 ? 'none' : row.labels.map(code).join(', ')
  const buckets = row.buckets ? `\n\nBuckets: ${row.buckets.join(', ')}.` : ''
  return `## ${name}\n\n${row.help}\n\nKind: ${row.kind}. Labels: ${labels}.${buckets}`
}

/** The reference of all metrics, as the table has them. */
export const metricsReference = (): string => {
  const head = `# Metrics

Served in the text format of Prometheus at \`/metrics\`. This page is written from the table in
\`src/telemetry/metric-table.ts\` by \`node scripts/metrics-reference.ts\`; change the table, not the page.

A label has at most ${mostLabelValues.toLocaleString('en-US')} values; what comes after them is counted as ${code(otherValue)}. Configured models and targets always
keep their own. Names that callers make up never become labels: a call for a model that is not served counts as
\`unknown\`. Beside these, the usual figures of a Node.js process are served under \`process_\` and \`nodejs_\`,
the delay of the event loop among them (\`nodejs_eventloop_lag_p99_seconds\`).`
  return `${[head, ...Object.entries<MetricRow>(metricTable).map(section)].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(metricsPage, metricsReference())
