import { wholeUsage } from '../core/kept-usage.ts'
import type { LedgerLine } from '../core/ledger-line.ts'
import type { Usage } from '../core/usage.ts'
import type { ReportKey, ReportQuery, ReportRow } from '../stores/store.ts'

const pad = (value: number): string => String(value).padStart(2, '0')

/** Everything a line counts under a key, by the words of the contract; empty: nothing. */
const namesOf = (line: LedgerLine, key: ReportKey): string[] => {
  const at = new Date(line.at)
  const month = `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}`
  const day = `${month}-${pad(at.getUTCDate())}`
  const names: Record<ReportKey, (string | undefined)[]> = {
    org: [line.org],
    team: [line.team],
    user: [line.user],
    key: [line.key],
    model: [line.model],
    target: [line.target],
    provider: [line.target.split('/')[0]],
    outcome: [line.outcome],
    hour: [`${day}T${pad(at.getUTCHours())}:00Z`],
    day: [day],
    month: [month],
    end_user: [line.endUser],
    session: [line.session],
    tag: Object.entries(line.tags ?? {}).map(([name, value]) => `${name}=${value}`),
  }
  return names[key].filter((name) => name !== undefined)
}

/** Every group a line belongs to: one, save with several tags, and none without any. */
const groupsOf = (line: LedgerLine, { by, where }: ReportQuery): ReportRow['group'][] => {
  const scoped = by.find((key) => key === 'end_user' || key === 'session' || key === 'tag')
  const plain: Partial<Record<ReportKey, string>> = {}
  for (const key of by) {
    const name = key === scoped ? undefined : namesOf(line, key)[0]
    if (name !== undefined) plain[key] = name
  }
  if (scoped === undefined) return [plain]
  const wanted = where[scoped]
  return namesOf(line, scoped)
    .filter((name) => wanted === undefined || name === wanted)
    .map((name) => ({ ...plain, [scoped]: name }))
}

const isMeant = (line: LedgerLine, { from, to, where }: ReportQuery): boolean =>
  line.at >= from &&
  line.at < to &&
  Object.entries(where).every(([key, name]) => namesOf(line, key as ReportKey).includes(name))

const rowOf = (group: ReportRow['group'], all: readonly LedgerLine[]): ReportRow => {
  const lines = all.filter((line) => line.memory === undefined)
  const remembered = all.filter((line) => line.memory !== undefined)
  const usages = lines.flatMap(({ usage }) => (usage ? wholeUsage(usage) : []))
  const total = (read: (usage: Usage) => number): number => usages.reduce((sum, usage) => sum + read(usage), 0)
  const cost = (wanted: readonly LedgerLine[]): bigint =>
    wanted.reduce((sum, line) => sum + BigInt(line.cost ?? '0'), 0n)
  const measured = cost(lines.filter((line) => line.usage?.source === 'measured'))
  return {
    group,
    attempts: lines.length,
    calls: all.filter((line) => line.last).length,
    failed: all.filter((line) => line.last && line.outcome !== 'ok').length,
    inputTokens: total(({ input, audioInput }) => input + audioInput),
    cacheReadTokens: total(({ cacheRead }) => cacheRead),
    cacheWriteTokens: total(({ cacheWriteShort, cacheWriteLong }) => cacheWriteShort + cacheWriteLong),
    outputTokens: total(({ output, audioOutput }) => output + audioOutput),
    reasoningTokens: total(({ reasoning }) => reasoning),
    cost: cost(lines),
    measuredCost: measured,
    estimatedCost: cost(lines) - measured,
    unknownCost: lines.filter((line) => line.cost === undefined).length,
    hits: remembered.length,
    saved: all.reduce((sum, line) => sum + BigInt(line.saved ?? '0'), 0n),
    unknownSaved: remembered.filter((line) => line.saved === undefined).length,
  }
}

/** A report worked out the plain way, in no order and without a limit: what stores are compared with. */
export const modelReport = (lines: readonly LedgerLine[], query: ReportQuery): ReportRow[] => {
  const groups = new Map<string, { group: ReportRow['group']; lines: LedgerLine[] }>()
  for (const line of lines.filter((given) => isMeant(given, query))) {
    for (const group of groupsOf(line, query)) {
      const id = JSON.stringify(query.by.map((key) => group[key] ?? null))
      const known = groups.get(id) ?? { group, lines: [] }
      known.lines.push(line)
      groups.set(id, known)
    }
  }
  return [...groups.values()].map((known) => rowOf(known.group, known.lines))
}
