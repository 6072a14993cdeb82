import { nanosFromUsd, type Price } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'

/** How the simulated provider behaves. Rates are from 0 to 1. */
export interface SimulatedOptions {
  /** Default `sim`. */
  readonly name?: string | undefined
  /** Names it answers to beside `small`, `large` and `embed`; they cost what `small` costs. */
  readonly models?: readonly string[] | undefined
  /** Until the first word, log-normal. Default 200 and 800; with 0 nothing is waited for. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number } | undefined
  /** Default 200; with Infinity nothing is waited for. */
  readonly tokensPerSecond?: number | undefined
  /** Calls that fail with a server error. Default 0. */
  readonly errorRate?: number | undefined
  /** Calls that are refused as too many. Default 0. */
  readonly rateLimitRate?: number | undefined
  /** What a refusal asks to wait; default: it does not say. */
  readonly retryAfterMs?: number | undefined
  /** Answers whose connection ends in the middle. Default 0. */
  readonly cutRate?: number | undefined
  /** Answers that fall silent in the middle. Default 0. */
  readonly stallRate?: number | undefined
  /** Answers in JSON that hold a mistake: fences, prose, quotes, wrong kinds, missing members, a half. Default 0. */
  readonly faultyJsonRate?: number | undefined
  /** The same seed makes the same words and the same accidents. Default 1. */
  readonly seed?: number | undefined
  /** Every call fails. Default false. */
  readonly failing?: boolean | undefined
}

/** The options with every default filled in. */
export interface Behaviour {
  readonly latencyMs: { readonly p50: number; readonly p99: number }
  readonly tokensPerSecond: number
  readonly errorRate: number
  readonly rateLimitRate: number
  readonly retryAfterMs: number | undefined
  readonly cutRate: number
  readonly stallRate: number
  readonly faultyJsonRate: number
  readonly seed: number
}

export const behaviourOf = (options: SimulatedOptions): Behaviour => ({
  latencyMs: options.latencyMs ?? { p50: 200, p99: 800 },
  tokensPerSecond: options.tokensPerSecond ?? 200,
  errorRate: options.failing ? 1 : (options.errorRate ?? 0),
  rateLimitRate: options.rateLimitRate ?? 0,
  retryAfterMs: options.retryAfterMs,
  cutRate: options.cutRate ?? 0,
  stallRate: options.stallRate ?? 0,
  faultyJsonRate: options.faultyJsonRate ?? 0,
  seed: options.seed ?? 1,
})

/** Reading from a prompt cache costs a tenth; nothing is charged for writing to it. */
const priceOf = (inputUsd: string, outputUsd: string): Price => {
  const input = nanosFromUsd(inputUsd)
  const output = nanosFromUsd(outputUsd)
  return {
    rates: {
      input,
      cacheRead: input / 10n,
      cacheWriteShort: input,
      cacheWriteLong: input,
      audioInput: input,
      output,
      reasoning: output,
      audioOutput: output,
    },
    tiers: [],
    perCall: 0n,
  }
}

const small: ModelFacts = { price: priceOf('0.1', '0.4'), contextWindow: 128_000, maxOutput: 16_384, lacks: [] }
const large: ModelFacts = { price: priceOf('2', '8'), contextWindow: 1_000_000, maxOutput: 65_536, lacks: [] }

const embed: ModelFacts = { price: priceOf('0.02', '0'), contextWindow: 8_192, lacks: [] }

/** What is known of a simulated model: `small`, `large`, `embed`, or another name, which is as `small`. */
export const simulatedFacts = (model: string): ModelFacts =>
  model === 'large' ? large : model === 'embed' ? embed : small

/** The last makes vectors, as do others with its name in theirs; the rest make words. */
export const simulatedModels: readonly string[] = ['small', 'large', 'embed']
