import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CallRecord } from '../core/record.ts'
import { metricTable } from './metric-table.ts'
import { createMetrics } from './metrics.ts'

const record: CallRecord = {
  id: 'id',
  startedAt: 0,
  started: 0,
  durationMs: 12,
  firstTokenMs: 3,
  caller: { key: 'web' },
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  model: 'chat',
  asked: 'chat',
  target: 'open/m',
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [{ target: 'open/m', ordinal: 1, started: 0, ended: 10, outcome: 'ok', costNanos: 5n }],
  notes: {},
  finishes: ['stop'],
  usage: undefined,
  costNanos: 5n,
  retryCount: 0,
}

interface Family {
  readonly type: string
  readonly help: string
  readonly series: Map<string, number>
}

/** Reads the text format as a scraper does, strictly. Throws at the first thing that is wrong. */
const parse = (text: string): Map<string, Family> => {
  assert.ok(text.endsWith('\n'))
  const families = new Map<string, Family>()
  const help = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, name = '', words = ''] = /^# HELP (\S+) (.*)$/.exec(line) ?? []
    const [, typed = '', type = ''] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? []
    if (name !== '') help.set(name, words)
    else if (typed !== '') {
      assert.ok(!families.has(typed), `${typed} comes twice`)
      families.set(typed, { type, help: help.get(typed) ?? '', series: new Map() })
    } else addSample(families, line)
  }
  return families
}

const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]?Inf|[+-]?[\d.]+(?:e[+-]?\d+)?)$/
const label = /([a-zA-Z_]\w*)="[^"\\\n]*(?:\\[\\"n][^"\\\n]*)*"(?:,|$)/y

/** The names of labels, which must be well formed to the end. */
const labelsIn = (text: string): string[] => {
  const names: string[] = []
  label.lastIndex = 0
  while (label.lastIndex < text.length) {
    const found = label.exec(text)
    assert.ok(found, `cannot be read: ${text.slice(0, 200)}`)
    names.push(found[1] ?? '')
  }
  return names
}

const addSample = (families: Map<string, Family>, line: string): void => {
  const [, name = '', labels = '', value = ''] = sample.exec(line) ?? []
  assert.notEqual(name, '', `cannot be read: ${line}`)
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  assert.ok(family, `has no type: ${line}`)
  const series = `${name}{${labels}}`
  assert.ok(!family.series.has(series), `comes twice: ${series}`)
  const names = labelsIn(labels)
  assert.equal(new Set(names).size, names.length, `has a label twice: ${line}`)
  family.series.set(series, Number(value))
}

describe('the text of the metrics', () => {
  test('is what a scraper reads: a help and a type for each, no series twice', async () => {
    const metrics = createMetrics({ process: false })
    metrics.sink(record)
    const families = parse(await metrics.text())
    for (const [name, row] of Object.entries(metricTable)) {
      const family = families.get(name)
      assert.equal(family?.type, row.kind, name)
      assert.notEqual(family?.help, '')
    }
    assert.equal(families.get('tollgate_requests_total')?.series.size, 1)
  })

  test('can be read whatever names callers and configurations make up', async () => {
    const metrics = createMetrics({ process: false })
    const odd = ['a"b', 'a\\b', 'a\nb', 'a{b}', 'a,b="c"', 'ünï', '\u0000', ' ', 'x'.repeat(10_000), '']
    metrics.reserve({ models: odd, targets: odd })
    for (const name of odd) metrics.sink({ ...record, model: name, target: name })
    const families = parse(await metrics.text())
    const series = families.get('tollgate_requests_total')?.series ?? new Map()
    assert.equal(
      [...series.values()].reduce((total, value) => total + value, 0),
      odd.length,
    )
  })

  test('has buckets that only rise, up to all of them', async () => {
    const metrics = createMetrics({ process: false })
    for (const durationMs of [1, 60, 600, 6_000, 6_000_000]) metrics.sink({ ...record, durationMs })
    const { series = new Map<string, number>() } =
      parse(await metrics.text()).get('tollgate_request_duration_seconds') ?? {}
    const buckets = [...series].filter(([name]) => name.includes('_bucket{')).map(([, value]) => value)
    assert.deepEqual(
      buckets,
      buckets.toSorted((one, other) => one - other),
    )
    assert.equal(buckets.at(-1), 5)
  })
})
