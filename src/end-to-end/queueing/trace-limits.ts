import type { Allowance } from '../../core/allowance.ts'
import { Answer } from '../../core/answer.ts'
import type { AttemptLine, Call } from '../../core/call.ts'
import { asGatewayError } from '../../core/errors.ts'
import { noUsage } from '../../core/usage.ts'
import { createLedger } from '../../ledger/create-ledger.ts'
import { createMatch } from '../../ledger/match.ts'
import { attemptOf, chatOf } from '../../providers/simulated-asking.ts'
import { Heap } from '../../queueing/heap.ts'
import { limit } from '../../stages/limit.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'
import { createFakeTime } from '../../testing/fake-time.ts'
import { serviceMsOf, type TraceRow } from './trace.ts'

/** What came of a trace that meets a limit of tokens a minute of its caller's own. */
export interface Limited {
  readonly admitted: number
  readonly refused: number
  /** The most tokens of any 60 seconds, by when calls began, as a share of the limit. */
  readonly peak: number
  /** Tokens of all admitted calls as a share of what the limit allows in this time. */
  readonly used: number
}

const minuteMs = 60_000
/** Later than any day on which a machine's clock could stand at its start. */
const epoch = Date.UTC(2026, 0, 1)
const bytesPerToken = 3.5
/** What a message counts beside its text. */
const perMessage = 7
const letters = 'a'.repeat(1_000_000)

interface Admitted {
  readonly at: number
  readonly tokens: number
}

const limitedBy = (rows: readonly TraceRow[], admitted: readonly Admitted[], tokensPerMinute: number): Limited => {
  let peak = 0
  let inWindow = 0
  let all = 0
  let oldest = 0
  for (const { at, tokens } of admitted) {
    all += tokens
    inWindow += tokens
    for (let first = admitted[oldest]; first && first.at <= at - minuteMs; first = admitted[++oldest])
      inWindow -= first.tokens
    peak = Math.max(peak, inWindow)
  }
  const minutes = (rows.at(-1)?.at ?? 0) / minuteMs
  return {
    admitted: admitted.length,
    refused: rows.length - admitted.length,
    peak: peak / tokensPerMinute,
    used: all / (tokensPerMinute * minutes),
  }
}

const answered = (call: Call, { prompt, output }: TraceRow): Answer => {
  const usage = { ...noUsage, input: prompt, output, source: 'measured' } as const
  const line: AttemptLine = { target: 'sim/small', ordinal: 1, started: 0, outcome: 'ok', usage }
  call.account.attempts.push(line)
  const { target } = attemptOf(chatOf(''))
  return new Answer({ wire: 'raw', form: 'raw', target, headers: {} }, { pull: () => undefined, cancel: () => {} })
}

/** Sends a trace, in simulated time, through the stage that limits callers, with the ledger and its store behind it. */
export const replayLimit = async (rows: readonly TraceRow[], tokensPerMinute: number): Promise<Limited> => {
  const time = createFakeTime()
  const { clock, alarm } = time
  const unixMs = (): number => epoch + clock.now()
  const store = createMemoryStore({ now: unixMs })
  const ledger = createLedger({ store, clock, unixMs, alarm })
  const allowance: Allowance = {
    id: 'tokens',
    scope: 'key:test',
    unit: 'tokens',
    limit: BigInt(tokensPerMinute),
    window: { kind: 'rolling', ms: minuteMs },
    isHard: true,
    onLimit: 'refuse',
    onShort: 'clamp',
    alerts: [],
  }
  const match = createMatch([allowance])
  const stage = limit({ ledger, match: () => match })
  const admitted: Admitted[] = []
  const ask = async (row: TraceRow): Promise<void> => {
    const text = letters.slice(0, Math.max(0, Math.floor((row.prompt - perMessage) * bytesPerToken)))
    const call: Call = attemptOf(chatOf(text))
    const serve = stage(async () => {
      admitted.push({ at: row.at, tokens: row.prompt + row.output })
      await new Promise<void>((resolve) => time.at(clock.now() + serviceMsOf(row), resolve))
      return answered(call, row)
    })
    try {
      const answer = await serve(call)
      await answer.pull()
    } catch (thrown) {
      if (asGatewayError(thrown).code !== 'rate_limited') throw thrown
    }
  }
  const failed: unknown[] = []
  for (const row of rows) time.at(row.at, () => void ask(row).catch((thrown: unknown) => failed.push(thrown)))
  await time.run((rows.at(-1)?.at ?? 0) + 10 * minuteMs)
  if (failed.length > 0) throw failed[0]
  return limitedBy(rows, admitted, tokensPerMinute)
}

/**
 * The same as is usual: a call is let in while what was charged within the last minute is below a share of the limit, and it
 * is charged when its answer is there.
 */
export const replayLimitAfter = (rows: readonly TraceRow[], tokensPerMinute: number, share: number): Limited => {
  const under = new Heap<{ at: number; readonly order: number; readonly row: TraceRow }>()
  const charged: Admitted[] = []
  const admitted: Admitted[] = []
  let oldest = 0
  let used = 0
  for (const [order, row] of rows.entries()) {
    for (let ended = under.least; ended && ended.at <= row.at; ended = under.least) {
      under.takeLeast()
      const tokens = ended.row.prompt + ended.row.output
      charged.push({ at: ended.at, tokens })
      used += tokens
    }
    for (let first = charged[oldest]; first && first.at <= row.at - minuteMs; first = charged[++oldest])
      used -= first.tokens
    if (used >= tokensPerMinute * share) continue
    admitted.push({ at: row.at, tokens: row.prompt + row.output })
    under.add({ at: row.at + serviceMsOf(row), order, row })
  }
  return limitedBy(rows, admitted, tokensPerMinute)
}

/** The same with the largest share, in steps of a hundredth, at which no minute holds more than the limit. */
export const replayLimitCautious = (
  rows: readonly TraceRow[],
  tokensPerMinute: number,
): Limited & { readonly share: number } => {
  for (let step = 100; ; step--) {
    const result = replayLimitAfter(rows, tokensPerMinute, step / 100)
    if (result.peak <= 1 || step === 1) return { ...result, share: step / 100 }
  }
}
