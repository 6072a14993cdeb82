import type { Operation } from '../core/request.ts'

/** What a kind of provider offers beside conversations, at the places where OpenAI has it. */
export interface Offer {
  readonly operations: readonly Operation[]
  /** Models that make vectors, its best first; empty where that depends on who runs it. */
  readonly embeddingModels: readonly string[]
  /** Does it give vectors in base64 to whoever asks for them? Others answer in numbers, or not at all. */
  readonly base64: boolean
  /**
   * Does it speak OpenAI's Responses language? `beside`: whoever asks in it is answered in it, all others in the chat
   * language; `alone`: it is asked in nothing else. Absent: it does not.
   */
  readonly responses?: 'beside' | 'alone' | undefined
  /** The documentation this was read from. */
  readonly source: string
}

interface More {
  readonly models?: readonly string[]
  readonly base64?: boolean
  readonly responses?: 'beside' | 'alone'
}

const offer = (
  operations: readonly Operation[],
  source: string,
  { models = [], base64 = false, responses }: More = {},
): Offer => ({ operations, embeddingModels: models, base64, responses, source })

const everything: readonly Operation[] = [
  'embed',
  'image',
  'image_edit',
  'speech',
  'transcription',
  'translation',
  'moderation',
]

/** Offers by kind, read on 2026-11-24. Kinds that are not here are asked for conversations alone. */
export const offers: ReadonlyMap<string, Offer> = new Map([
  [
    'openai',
    offer(everything, 'https://developers.openai.com/api/reference/resources/embeddings', {
      models: ['text-embedding-3-large', 'text-embedding-3-small', 'text-embedding-ada-002'],
      base64: true,
      responses: 'beside',
    }),
  ],
  [
    'azure-openai',
    offer(
      ['embed', 'image', 'image_edit', 'speech', 'transcription', 'translation'],
      'https://learn.microsoft.com/en-us/azure/foundry/openai/api-version-lifecycle',
      { base64: true, responses: 'beside' },
    ),
  ],
  [
    'mistral',
    offer(['embed', 'moderation', 'transcription'], 'https://docs.mistral.ai/api/endpoint/embeddings', {
      models: ['mistral-embed', 'codestral-embed'],
      base64: true,
    }),
  ],
  [
    'together',
    offer(
      ['embed', 'image', 'speech', 'transcription', 'translation', 'rerank'],
      'https://docs.together.ai/reference/embeddings-2',
      { models: ['intfloat/multilingual-e5-large-instruct'] },
    ),
  ],
  [
    'groq',
    offer(['speech', 'transcription', 'translation'], 'https://console.groq.com/docs/api-reference', {
      responses: 'beside',
    }),
  ],
  [
    'openrouter',
    offer(['embed'], 'https://openrouter.ai/docs/api/api-reference/embeddings/create-embeddings', {
      models: ['openai/text-embedding-3-small'],
      base64: true,
      responses: 'beside',
    }),
  ],
  [
    'gemini-openai',
    offer(['embed'], 'https://ai.google.dev/gemini-api/docs/openai', { models: ['gemini-embedding-001'] }),
  ],
  [
    'fireworks',
    offer(['embed', 'rerank'], 'https://docs.fireworks.ai/guides/querying-embeddings-models', { responses: 'beside' }),
  ],
  ['deepinfra', offer(['embed', 'image', 'transcription'], 'https://deepinfra.com/docs/openai_api')],
  ['nebius', offer(['embed', 'image'], 'https://docs.studio.nebius.com/api-reference/introduction')],
  ['nvidia', offer(['embed'], 'https://docs.nvidia.com/nim/nemo-retriever/text-embedding/latest/reference.html')],
  [
    'cohere',
    offer(['embed'], 'https://docs.cohere.com/docs/compatibility-api', {
      models: ['embed-v4.0', 'embed-multilingual-v3.0'],
    }),
  ],
  ['dashscope', offer(['embed'], 'https://help.aliyun.com/zh/model-studio/text-embedding-synchronous-api')],
  ['zai', offer(['embed', 'image'], 'https://docs.z.ai/api-reference/introduction')],
  [
    'siliconflow',
    offer(['embed', 'image', 'speech', 'transcription', 'rerank'], 'https://docs.siliconflow.com/en/api-reference'),
  ],
  ['novita', offer(['embed', 'rerank'], 'https://novita.ai/docs/api-reference/model-apis-llm-create-embeddings')],
  [
    'scaleway',
    offer(['embed', 'transcription', 'rerank'], 'https://www.scaleway.com/en/developers/api/generative-apis/'),
  ],
  ['ovhcloud', offer(['embed', 'transcription'], 'https://help.ovhcloud.com/csm/en-public-cloud-ai-endpoints')],
  ['cloudflare', offer(['embed'], 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/')],
  ['sambanova', offer(['embed', 'transcription'], 'https://docs.sambanova.ai/docs/en/api-reference/overview')],
  ['xai', offer(['image', 'image_edit'], 'https://docs.x.ai/docs/guides/image-generations', { responses: 'beside' })],
  // Responses since 0.13.3, without keeping them.
  [
    'ollama',
    offer(['embed', 'speech', 'transcription'], 'https://docs.ollama.com/api/openai-compatibility', {
      responses: 'beside',
    }),
  ],
  [
    'vllm',
    offer(
      ['embed', 'transcription', 'translation', 'rerank'],
      'https://docs.vllm.ai/en/stable/serving/openai_compatible_server/',
      { base64: true, responses: 'beside' },
    ),
  ],
  [
    'llama-cpp',
    offer(['embed', 'rerank'], 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server', { base64: true }),
  ],
  ['sglang', offer(['embed', 'rerank'], 'https://docs.sglang.ai/basic_usage/openai_api_embeddings.html')],
  ['lm-studio', offer(['embed'], 'https://lmstudio.ai/docs/developer/openai-compat', { responses: 'beside' })],
  [
    'huggingface',
    offer([], 'https://huggingface.co/docs/inference-providers/guides/responses-api', { responses: 'beside' }),
  ],
  [
    'openai-responses',
    offer([], 'https://developers.openai.com/api/docs/guides/migrate-to-responses', { responses: 'alone' }),
  ],
  ['perplexity', offer([], 'https://docs.perplexity.ai/docs/agent-api/openai-compatibility', { responses: 'alone' })],
  ['watsonx', offer(['embed'], 'https://www.ibm.com/docs/en/watsonx/saas?topic=generation-inferencing-gateway-models')],
  ['docker-model-runner', offer(['embed'], 'https://docs.docker.com/ai/model-runner/api-reference/')],
  // Whoever names an address knows what is there; what is not says so itself.
  ['openai-compatible', offer([...everything, 'rerank'], 'https://developers.openai.com/api/reference')],
])

/** Where OpenAI and those who are like it have each operation, from their address on. */
export const openaiPaths: Partial<Record<Operation, string>> = {
  chat: '/chat/completions',
  embed: '/embeddings',
  image: '/images/generations',
  image_edit: '/images/edits',
  speech: '/audio/speech',
  transcription: '/audio/transcriptions',
  translation: '/audio/translations',
  moderation: '/moderations',
  rerank: '/rerank',
}
