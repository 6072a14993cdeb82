/** How a ready-made answer is given. */
export interface AnswerOptions {
  /** As a stream of events; default: one whole body. */
  readonly stream?: boolean | undefined
  readonly model?: string | undefined
  /** Tokens reported; default: 9 read and one generated for each piece of the text. False: none are reported. */
  readonly usage?: AnswerUsage | false | undefined
  /** Why the model stopped, in the words of the API. */
  readonly finish?: string | undefined
}

/** Tokens that a ready-made answer reports. */
export interface AnswerUsage {
  /** All tokens read, those from a cache included. */
  readonly input: number
  readonly output: number
  /** Of the input, read from the provider's cache. */
  readonly cached?: number | undefined
  /** Of the output, thinking. */
  readonly reasoning?: number | undefined
}

/** One call of a tool in a ready-made answer. */
export interface AnsweredToolCall {
  readonly name: string
  /** JSON text. */
  readonly arguments: string
  readonly id?: string | undefined
}

/** A text in the pieces in which a model would say it: words, each with the white space before it. */
export const wordsOf = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? []

/** The tokens to report for so many pieces, unless they are given. */
export const usageFor = (options: AnswerOptions, pieces: number): AnswerUsage | undefined =>
  options.usage === false ? undefined : (options.usage ?? { input: 9, output: Math.max(1, pieces) })
