import type { Need } from '../core/request.ts'

/** What is known of models beside their price. Every row whose provider and name match counts; for sizes the first. */
interface LimitRow {
  readonly provider: string | undefined
  readonly model: RegExp
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly imageTokens?: number
  readonly lacks?: readonly Need[]
}

export interface ModelLimits {
  readonly contextWindow: number | undefined
  readonly maxOutput: number | undefined
  readonly imageTokens: number | undefined
  readonly lacks: readonly Need[]
}

const row = (provider: string | undefined, model: RegExp, known: Omit<LimitRow, 'provider' | 'model'>): LimitRow => ({
  provider,
  model,
  ...known,
})

/** Read on 2026-11-24. What a model can do is not listed: anything that is not known to be lacking is worth trying. */
const rows: readonly LimitRow[] = [
  // https://platform.claude.com/docs/en/about-claude/models/overview; structured outputs since Opus 4.1 and Sonnet 4.5.
  row(undefined, /claude-(fable|opus-5|sonnet-5|haiku-5|opus-4[-.][678])/, { maxOutput: 128_000 }),
  row(undefined, /claude-(haiku-4|sonnet-4|opus-4[-.]5|3[-.]7)/, { maxOutput: 64_000 }),
  row(undefined, /claude-opus-4/, { maxOutput: 32_000 }),
  row(undefined, /claude-3[-.]5/, { maxOutput: 8_192 }),
  row(undefined, /claude-3-(opus|sonnet|haiku)/, { maxOutput: 4_096 }),
  row(undefined, /claude-(2|3|(opus|sonnet)-4-(0|2025))/, { lacks: ['schema'] }),
  row(undefined, /claude-3(?![-.]7)/, { lacks: ['reasoning'] }),
  // https://platform.claude.com/docs/en/build-with-claude/vision: 4,784 at most since Opus 4.7, 1,600 before.
  row(undefined, /claude/, { imageTokens: 5_000 }),
  row('anthropic', /./, { lacks: ['audio', 'logprobs', 'choices'] }),

  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html: no words for these.
  row('aws', /./, { lacks: ['logprobs', 'choices'] }),
  row('aws', /anthropic\./, { lacks: ['audio'] }),

  // https://developers.openai.com/api/docs/models
  row('openai', /^gpt-(6|5(\.\d)?(-(mini|nano|sol|terra|luna|codex)|$|-\d))/, { maxOutput: 128_000 }),
  row('openai', /^o[134](-|$)/, { maxOutput: 100_000, lacks: ['logprobs'] }),
  // https://developers.openai.com/api/docs/guides/images-vision: 2,833 and 5,667 for each of 8 tiles; 170 elsewhere, or
  // 1,536 patches times 2.46.
  row('openai', /^gpt-4o-mini/, { imageTokens: 48_169 }),
  row('openai', /^(gpt-4|o\d)/, { imageTokens: 4_000 }),
  row('openai', /^gpt-4\.1/, { maxOutput: 32_768 }),
  row('openai', /^gpt-4o/, { maxOutput: 16_384 }),
  row('openai', /^gpt-(4-turbo|3\.5)/, { maxOutput: 4_096 }),
  row('openai', /^gpt-4(-0|-32k|$)/, { lacks: ['image'] }),
  row('openai', /^gpt-3\.5/, { lacks: ['image'] }),
  row('openai', /^gpt-(4($|-)|3\.5)/, { lacks: ['file', 'schema'] }),
  row('openai', /^(gpt-4|gpt-3|gpt-audio|chatgpt-4)/, { lacks: ['reasoning'] }),
  row('openai', /audio/, { lacks: ['image', 'file', 'schema', 'json'] }),
  row('openai', /^(?!.*audio)/, { lacks: ['audio'] }),

  // https://ai.google.dev/gemini-api/docs/models
  row(undefined, /gemini-(2\.5|3)/, { contextWindow: 1_048_576, maxOutput: 65_536 }),

  // https://api-docs.deepseek.com/quick_start/pricing
  row('deepseek', /^deepseek-(flash|v4)/, { contextWindow: 1_000_000, maxOutput: 384_000 }),
  row('deepseek', /^deepseek-v4-pro/, { lacks: ['image'] }),
  row('deepseek', /./, { lacks: ['schema', 'file', 'audio', 'choices'] }),

  // https://docs.x.ai/docs/models
  row('x-ai', /^grok-4\.[5-9]/, { contextWindow: 500_000 }),
  row('x-ai', /./, { lacks: ['audio'] }),

  // https://console.groq.com/docs/openai and /docs/models
  row('groq', /gpt-oss/, { maxOutput: 65_536, lacks: ['image'] }),
  row('groq', /llama-3/, { maxOutput: 32_768, lacks: ['image', 'schema', 'reasoning'] }),
  row('groq', /./, { lacks: ['choices', 'logprobs', 'file', 'audio'] }),

  // https://docs.mistral.ai/capabilities/reasoning/
  row('mistral', /^(codestral|ministral|devstral|mistral-large|open-)/, { lacks: ['reasoning'] }),
  row('mistral', /^(codestral|open-)/, { lacks: ['image'] }),
  row('mistral', /./, { lacks: ['logprobs'] }),

  // https://docs.together.ai/reference/chat-completions
  row('together', /./, { lacks: ['logprobs', 'file'] }),

  // https://docs.ollama.com/api/openai-compatibility
  row('ollama', /./, { lacks: ['choices', 'file', 'audio'] }),

  // https://lmstudio.ai/docs/developer/openai-compat: a format is a schema or text.
  row('lm-studio', /./, { lacks: ['json', 'choices', 'logprobs', 'file', 'audio'] }),
]

/** Sizes and missing abilities of a model, as far as they are known; undefined when nothing is. */
export const limitsOf = (provider: string, model: string): ModelLimits | undefined => {
  const found = rows.filter((known) => (known.provider ?? provider) === provider && known.model.test(model))
  if (found.length === 0) return undefined
  return {
    contextWindow: found.find((known) => known.contextWindow !== undefined)?.contextWindow,
    maxOutput: found.find((known) => known.maxOutput !== undefined)?.maxOutput,
    imageTokens: found.find((known) => known.imageTokens !== undefined)?.imageTokens,
    lacks: [...new Set(found.flatMap((known) => known.lacks ?? []))],
  }
}
