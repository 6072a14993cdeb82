/**
 * What is understood of what models say when they were asked for JSON, and how far schemas of callers are understood.
 * `--data <folder>` names a folder with `bfcl_natural_json_outputs_dev.jsonl.gz` (what models said when they were to call a
 * function, from the Berkeley Function Calling Leaderboard) and `maskbench_dev_900.jsonl.gz` (schemas with values that fit and
 * values that do not, from MaskBench). Without it only the generated damages are measured.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { isObject, type JsonObject, type JsonValue } from '../src/core/json.ts'
import { coerce } from '../src/structured/coerce.ts'
import { findJson } from '../src/structured/find-json.ts'
import { createSchemaChecks } from '../src/structured/schema-checks.ts'
import { damagedSamples, damages } from '../src/testing/damaged-json.ts'
import { describeMachine } from './rig/machine.ts'

const { values: flags } = parseArgs({ options: { data: { type: 'string' } } })

const linesOf = <T>(file: string): T[] =>
  gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(2)} %`

const parses = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

const rows: (readonly [measure: string, value: string, goal: string])[] = []

const measureSaid = (folder: string): void => {
  const said = linesOf<{ raw: string }>(join(folder, 'bfcl_natural_json_outputs_dev.jsonl.gz'))
  const times: number[] = []
  let plain = 0
  let found = 0
  let changed = 0
  for (const { raw } of said) {
    const began = performance.now()
    const [first] = findJson(raw)
    times.push(performance.now() - began)
    if (first && typeof first.value === 'object') found++
    if (!parses(raw)) continue
    plain++
    if (!isDeepStrictEqual(first?.value, JSON.parse(raw))) changed++
  }
  times.sort((one, other) => one - other)
  rows.push(
    ['answers that are JSON as they stand', percent(plain, said.length), ''],
    ['answers in which JSON is found', percent(found, said.length), '≥ 99 %'],
    ['valid answers that were changed', String(changed), '0'],
    ['time for one answer, p50', `${((times[times.length >> 1] ?? 0) * 1_000).toFixed(0)} µs`, '< 1 ms'],
    ['time for one answer, most', `${(times.at(-1) ?? 0).toFixed(1)} ms`, ''],
  )
}

interface Suite {
  readonly schema: JsonValue
  readonly tests: readonly { readonly valid: boolean; readonly data: JsonValue }[]
}

const measureSchemas = async (folder: string): Promise<void> => {
  const suites = linesOf<Suite>(join(folder, 'maskbench_dev_900.jsonl.gz'))
  const checks = createSchemaChecks()
  let usable = 0
  let verdicts = 0
  let agreed = 0
  for (const { schema, tests } of suites) {
    if (!isObject(schema) || (await checks.problemOf(schema)) !== undefined) continue
    usable++
    for (const { valid, data } of tests) {
      verdicts++
      if ((await checks.check(schema, data)).isValid === valid) agreed++
    }
  }
  await checks.close()
  rows.push(
    ['schemas that can be used', percent(usable, suites.length), '≥ 99.5 %'],
    ['verdicts that agree', percent(agreed, verdicts), '≥ 99.85 %'],
  )
}

const measureDamages = (): void => {
  const samples = damagedSamples(60, 2_026)
  let right = 0
  let wrong = 0
  for (const { said, schema, intended } of samples) {
    const [first] = findJson(said)
    if (!first) continue
    const isRight = isDeepStrictEqual(coerce(first.value, schema as JsonObject).value, intended)
    if (isRight) right++
    else wrong++
  }
  rows.push(
    [
      `damaged answers of ${Object.keys(damages).length} kinds that were put right`,
      `${percent(right, samples.length)} of ${samples.length}`,
      '',
    ],
    ['damaged answers that became something else', percent(wrong, samples.length), '≤ 0.5 %'],
  )
}

const measureLong = (): void => {
  const items = Array.from({ length: 60 }, (_, index) => ({
    id: index,
    title: `The "title" of ${index}`,
    tags: ['a', 'b'],
  }))
  const text = `Here you are:\n\`\`\`json\n${JSON.stringify(items).replaceAll('}', ',}')}\n\`\`\``.slice(0, 4_096)
  const times = Array.from({ length: 500 }, () => {
    const began = performance.now()
    findJson(text)
    return performance.now() - began
  }).sort((one, other) => one - other)
  rows.push(['time for a damaged answer of 4 KB, p50', `${((times[250] ?? 0) * 1_000).toFixed(0)} µs`, '< 1 ms'])
}

if (flags.data !== undefined) {
  measureSaid(flags.data)
  await measureSchemas(flags.data)
}
measureDamages()
measureLong()

const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length), 7))
const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
console.log(`${describeMachine()}.\n`)
console.log(line(['measure', 'value', 'goal']))
console.log(line(widths.map((width) => '-'.repeat(width))))
for (const row of rows) console.log(line(row))
