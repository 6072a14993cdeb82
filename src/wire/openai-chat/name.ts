/** The name of OpenAI's Chat Completions language. */
export const wireName = 'openai-chat'
