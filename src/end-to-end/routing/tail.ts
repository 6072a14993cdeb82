import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { CallRecord } from '../../core/record.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

/** How a simulated provider with a heavy tail is asked. */
export interface TailOptions {
  readonly calls: number
  /** Calls before those that count: what is usual must be known before somebody can be late. */
  readonly before: number
  /** Calls under way at once. */
  readonly atOnce: number
  readonly latencyMs: { readonly p50: number; readonly p99: number }
  /** Undefined: nobody is asked twice. */
  readonly hedge?: { readonly after: string; readonly budget: string } | undefined
}

/** What it came to. Times are until the first words, in milliseconds. */
export interface Tail {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Second questions for each call. */
  readonly hedgeShare: number
  /** What those that lost cost, for each dollar of those that answered. */
  readonly extraCost: number
  readonly failures: number
}

/** Asks so many streams of two simulated targets that are now and then slow, and looks at the first words. */
export const measureTail = async ({ calls, before, atOnce, latencyMs, hedge }: TailOptions): Promise<Tail> => {
  const provider = { kind: 'simulated', latencyMs, tokensPerSecond: 1_000_000 } as const
  const config = await parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      providers: { one: { ...provider, seed: 1 }, two: { ...provider, seed: 2 } },
      models: { chat: { targets: ['one/small', 'two/small'], policies: ['order'], hedge } },
    },
    {},
  )
  const records: CallRecord[] = []
  const runtime = await assemble(config, { sinks: [(record) => records.push(record)], hasLedger: false })
  const body = {
    model: 'chat',
    stream: true,
    max_tokens: 60,
    messages: [{ role: 'user', content: 'Tell me a story.' }],
  }
  const ask = async (): Promise<void> => {
    const request = openaiChat.readRequest(body, { operation: 'chat' })
    const answer = await runtime.gateway.open({ request, caller: { key: 'bench' } }).answer
    for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull());
  }
  let left = calls + before
  const askOn = async (): Promise<void> => {
    while (left-- > 0) await ask()
  }
  await Promise.all(Array.from({ length: atOnce }, askOn))
  await runtime.close()
  return tailOf(records.slice(before))
}

const tailOf = (records: readonly CallRecord[]): Tail => {
  const times = records
    .map(({ firstTokenMs = Number.POSITIVE_INFINITY }) => firstTokenMs)
    .sort((one, other) => one - other)
  const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? Number.NaN
  const lines = records.flatMap(({ attempts }) => attempts)
  const cost = (isWon: boolean): number =>
    lines.reduce((sum, line) => ((line.outcome === 'ok') === isWon ? sum + Number(line.costNanos ?? 0n) : sum), 0)
  return {
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    hedgeShare: lines.filter(({ hedge }) => hedge).length / records.length,
    extraCost: cost(false) / cost(true),
    failures: records.filter(({ outcome }) => outcome !== 'ok').length,
  }
}
