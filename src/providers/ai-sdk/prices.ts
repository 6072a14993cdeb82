/** Under which name prices are known, by the first word of an id that the AI SDK gives a provider. */
const known: ReadonlyMap<string, string> = new Map([
  ['anthropic', 'anthropic'],
  ['azure', 'azure'],
  ['cerebras', 'cerebras'],
  ['cohere', 'cohere'],
  ['deepseek', 'deepseek'],
  ['fireworks', 'fireworks'],
  ['google', 'google'],
  ['groq', 'groq'],
  ['mistral', 'mistral'],
  ['moonshotai', 'moonshotai'],
  ['openai', 'openai'],
  ['togetherai', 'together'],
  ['xai', 'x-ai'],
])

/** Where the prices of a package's or a model's provider are known; undefined: nowhere. */
export const priceProviderOf = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : known.get(name.replace(/^@ai-sdk\//, '').split('.')[0] ?? '')
