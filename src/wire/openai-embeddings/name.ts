/** The name of this wire, as requests and answers carry it. */
export const wireName = 'openai-embeddings'
