/** Paths of the doors that callers with a key may use; the server's table has exactly these for callers. */
export const callerDoors: readonly string[] = [
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/embeddings',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/audio/speech',
  '/v1/audio/transcriptions',
  '/v1/audio/translations',
  '/v1/moderations',
  '/v1/rerank',
  '/passthrough',
  '/v1/models',
]
