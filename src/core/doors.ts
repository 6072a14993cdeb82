/** Paths of the doors that callers with a key may use; the server's table has exactly these for callers. */
export const callerDoors: readonly string[] = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/embeddings',
  '/v1/models',
]
