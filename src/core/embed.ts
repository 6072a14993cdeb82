/** What is to be turned into vectors, and how. Absent means: not said, the target's default. */
export interface Embed {
  readonly inputs: readonly EmbedInput[]
  /** Numbers in each vector. */
  readonly dimensions?: number | undefined
  /** How vectors stand in the answer; `base64`: of little-endian 32-bit numbers. Default `float`. */
  readonly encoding?: 'float' | 'base64' | undefined
  /** What the vectors are for, in Google's words, such as `RETRIEVAL_QUERY`. */
  readonly task?: string | undefined
  /** The title of the documents that the inputs are. */
  readonly title?: string | undefined
  /** What is to be read that is no text, so that nothing bounds what it costs, by its path; undefined: nothing. */
  readonly unsized?: string | undefined
}

/** One thing that becomes one vector: a text, or the tokens of one in the model's own vocabulary. */
export type EmbedInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }

/** Prose has 4 to 4.6 bytes to a token, code and JSON 3 to 3.5. */
const bytesPerToken = 3.5

/** About how many tokens the inputs have. */
export const estimateInputs = ({ inputs }: Embed): number => {
  let tokens = 0
  for (const input of inputs)
    tokens += input.kind === 'tokens' ? input.tokens.length : Math.ceil(Buffer.byteLength(input.text) / bytesPerToken)
  return tokens
}

/** Marks that models put around each input. */
const perInput = 16

/** The most tokens that the inputs can be charged for: every byte counted as a token. */
export const mostInputTokens = ({ inputs, title = '' }: Embed): number => {
  const around = perInput + Buffer.byteLength(title)
  let tokens = 0
  for (const input of inputs)
    tokens += around + (input.kind === 'tokens' ? input.tokens.length : Buffer.byteLength(input.text))
  return tokens
}
