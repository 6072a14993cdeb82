/** The name of this wire, in records and in the origin of thinking. */
export const wireName = 'openai-responses'
