/** What the configuration knows of a kind of provider. */
export interface Kind {
  readonly name: string
  /** Where its key usually is in the environment; the first that is set counts. */
  readonly environmentKeys: readonly string[]
  /** Does it refuse calls without a key? */
  readonly needsKey: boolean
  /** Is it always at the same address, so that none need be written? */
  readonly hasAddress: boolean
  /** Does it only pretend, inside this process? */
  readonly simulated: boolean
}

const hosted = (name: string, ...environmentKeys: string[]): Kind => ({
  name,
  environmentKeys,
  needsKey: true,
  hasAddress: true,
  simulated: false,
})

const local = (name: string, hasAddress: boolean): Kind => ({
  name,
  environmentKeys: [],
  needsKey: false,
  hasAddress,
  simulated: false,
})

const table: readonly Kind[] = [
  hosted('openai', 'OPENAI_API_KEY'),
  hosted('anthropic', 'ANTHROPIC_API_KEY'),
  hosted('gemini', 'GEMINI_API_KEY', 'GOOGLE_API_KEY'),
  hosted('groq', 'GROQ_API_KEY'),
  hosted('together', 'TOGETHER_API_KEY'),
  hosted('mistral', 'MISTRAL_API_KEY'),
  hosted('deepseek', 'DEEPSEEK_API_KEY'),
  hosted('xai', 'XAI_API_KEY'),
  hosted('openrouter', 'OPENROUTER_API_KEY'),
  local('ollama', true),
  local('vllm', true),
  local('lmstudio', true),
  local('openai-compatible', false),
  { name: 'simulated', environmentKeys: [], needsKey: false, hasAddress: true, simulated: true },
]

/** Every kind of provider there is, by name. */
export const kinds: ReadonlyMap<string, Kind> = new Map(table.map((kind) => [kind.name, kind]))

/** The names of all kinds. */
export const kindNames: readonly string[] = [...kinds.keys()]
