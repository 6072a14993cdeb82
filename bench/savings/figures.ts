import type { Seen } from './drive.ts'
import { price } from './levers.ts'
import { type Log, type Provider, tokensOf } from './provider.ts'
import type { Workload } from './workloads.ts'

/** What one lever came to on one workload. Shares are of all requests, but for `ofCacheable`. */
export interface Figures {
  readonly workload: string
  readonly seed: number
  readonly lever: string
  readonly requests: number
  readonly hits: number
  readonly semanticHits: number
  /** Hits with the answer of another cluster. */
  readonly wrong: number
  readonly hitShare: number
  readonly wrongShare: number
  /** Right hits, of those that could be; undefined where that is not known. */
  readonly ofCacheable: number | undefined
  readonly baselineDollars: number
  readonly dollars: number
  readonly savedShare: number
  /** Calls of the provider beyond the requests that were not hits: checks. */
  readonly checks: number
  readonly p50Ms: number
  readonly p95Ms: number
}

const dollarsOf = (input: number, output: number): number => (input * price.input + output * price.output) / 1e6

export const figuresOf = (
  workload: Workload,
  lever: string,
  { seen, provider, log }: { readonly seen: readonly Seen[]; readonly provider: Provider; readonly log: Log },
): Figures => {
  const hits = seen.filter(({ cache }) => cache === 'hit' || cache === 'semantic' || cache === 'stale')
  const wrong = hits.filter(({ isRight }) => !isRight).length
  const baselineDollars = workload.stream.reduce((sum, { text }) => {
    const { input, output } = tokensOf(text, provider.answer(text))
    return sum + dollarsOf(input, output)
  }, 0)
  const dollars = dollarsOf(log.inputTokens, log.outputTokens)
  const times = seen.map(({ ms }) => ms).sort((a, b) => a - b)
  const requests = seen.length
  return {
    workload: workload.id,
    seed: workload.seed,
    lever,
    requests,
    hits: hits.length,
    semanticHits: hits.filter(({ cache }) => cache === 'semantic').length,
    wrong,
    hitShare: hits.length / requests,
    wrongShare: wrong / requests,
    ofCacheable: workload.cacheable === undefined ? undefined : (hits.length - wrong) / workload.cacheable,
    baselineDollars,
    dollars,
    savedShare: 1 - dollars / baselineDollars,
    checks: log.calls - (requests - hits.length),
    p50Ms: times[Math.floor(requests * 0.5)] ?? 0,
    p95Ms: times[Math.floor(requests * 0.95)] ?? 0,
  }
}

const percent = (share: number | undefined): string => (share === undefined ? '–' : `${(100 * share).toFixed(2)} %`)

/** As a table in Markdown. */
export const tableOf = (all: readonly Figures[]): string => {
  const rows = all.map((each) => [
    each.workload,
    String(each.seed),
    each.lever,
    percent(each.hitShare),
    percent(each.ofCacheable),
    percent(each.wrongShare),
    percent(each.savedShare),
    String(each.checks),
    each.p50Ms.toFixed(2),
    each.p95Ms.toFixed(2),
  ])
  const head = ['workload', 'seed', 'lever', 'hits', 'of cacheable', 'wrong', 'saved', 'checks', 'p50 ms', 'p95 ms']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
