import type { JsonObject } from './json.ts'
import type { Price } from './money.ts'
import type { QueueLimits } from './queue-limits.ts'
import type { Need } from './request.ts'

/** One model at one provider: where an attempt goes. */
export interface Target {
  /** `provider/model`: unique, shown to callers, in records and metrics. */
  readonly id: string
  readonly provider: string
  /** The provider's own name of the model. */
  readonly model: string
  /** Share of the traffic among targets of equal standing. */
  readonly weight: number
  readonly quirks: Quirks
  /** How calls wait for its provider; undefined: they do not. */
  readonly queue?: QueueLimits | undefined
  /** Undefined: nothing is known of this model, which is not the same as free or unable. */
  readonly facts: ModelFacts | undefined
}

/** What is known of a model. */
export interface ModelFacts {
  /** The price at this moment. Undefined: unknown, never zero. */
  readonly price?: Price | undefined
  /** The dearest price that may hold before a call that begins now has ended. Undefined: as `price`. */
  readonly bound?: Price | undefined
  /** Unix milliseconds at which these facts must be asked for again; undefined: never. */
  readonly validUntil?: number | undefined
  /** Tokens that fit, prompt and answer together. */
  readonly contextWindow?: number | undefined
  readonly maxOutput?: number | undefined
  /** Tokens that one image can count for, at most. */
  readonly imageTokens?: number | undefined
  /** What the model is known to be unable to do; anything else is worth trying. */
  readonly lacks: readonly Need[]
}

/** How a provider's dialect differs from the wire it speaks. Data: a wire reads them, nobody compares names. */
export interface Quirks {
  /** The field that caps the output; default `max_completion_tokens` for OpenAI's wire. */
  readonly maxOutputField?: 'max_tokens' | 'max_completion_tokens' | undefined
  /** Does it take `stream_options.include_usage`? Default true. */
  readonly streamUsage?: boolean | undefined
  /** Does it take the role `developer`? Where not, it is sent as `system`. Default true. */
  readonly developerRole?: boolean | undefined
  /** Does a complete stream always end with the wire's end mark? Default true; where not, finish reasons suffice. */
  readonly endMark?: boolean | undefined
  /** May a system message stand in the middle of a conversation? Default: yes in OpenAI's wire, as the model's name tells in Anthropic's. */
  readonly systemAnywhere?: boolean | undefined
  /** Where reasoning text of earlier turns is sent back; default: nowhere. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | undefined
  /**
   * How thinking is asked for; default `reasoning_effort` in OpenAI's wire. In Anthropic's: `thinking` means a budget of
   * tokens, `effort` leaves it to the model; default as the model's name tells.
   */
  readonly reasoningRequest?: 'effort' | 'object' | 'thinking' | 'none' | undefined
  /** Does it enforce JSON Schemas (`response_format: json_schema`)? Default true. */
  readonly schemaFormat?: boolean | undefined
  /** Can it be told to answer in JSON without a schema? Default true. */
  readonly jsonFormat?: boolean | undefined
  /** Fields of its wire that it refuses: a request that carries one goes elsewhere, or is refused with the field's name. */
  readonly refuses?: readonly string[] | undefined
  /** Does its usage tell what it charged, in a way that is to be believed before any price? Default false. */
  readonly statesCost?: boolean | undefined
  /** Does the body name the model? Default true; where not, the address does. */
  readonly namesModel?: boolean | undefined
  /** Fields added to every request. */
  readonly adds?: JsonObject | undefined
}
