import type { JsonObject } from '../../core/json.ts'

/** A bill that was worked out by hand from what a provider published. */
export interface GoldenBill {
  readonly what: string
  readonly model: string
  /** When the answer ended; default noon UTC on 2026-11-24, a Tuesday. */
  readonly at?: string
  /** As the provider tells it. */
  readonly usage: JsonObject
  /** Where the provider tells it beside the usage. */
  readonly serviceTier?: string
  /** Default: `listed`. */
  readonly basis?: 'stated' | 'listed' | 'assumed'
  /** Tokens and the published price of a million of them, in USD. */
  readonly lines: readonly (readonly [tokens: number, usdPerMillion: string])[]
  /** What is charged beside tokens. */
  readonly extra?: string
  /** The sum, in USD. */
  readonly usd: string
  /** The page the prices stand on, when it is not that of the whole table. */
  readonly source?: string
}

/** Bills of one provider. */
export interface GoldenTable {
  /** The kind of its row. */
  readonly kind: string
  readonly source: string
  /** The day on which the published prices were read. */
  readonly checked: string
  readonly bills: readonly GoldenBill[]
}
