import type { Media } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'

/** Speech as this language answers it; a piece carries only what it has. */
export const writeAudio = ({ id, data, transcript, expiresAt }: Omit<Media, 'kind' | 'mediaType'>): JsonObject => ({
  id,
  data: data === '' ? undefined : data,
  transcript,
  expires_at: expiresAt,
})

/** An image as OpenRouter answers it: OpenAI's own language has no field for one. */
export const writeImage = ({ mediaType, data }: Pick<Media, 'mediaType' | 'data'>): JsonObject => ({
  type: 'image_url',
  image_url: { url: `data:${mediaType};base64,${data}` },
})
