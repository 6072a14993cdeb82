import type { JsonObject, JsonValue } from '../../core/json.ts'

/** A body while it is written. */
export type Body = Record<string, JsonValue | undefined>

/** The caller's metadata without what was meant for the gateway. */
export const withoutOurs = (metadata: JsonObject): JsonObject | undefined => {
  if (!('tollgate' in metadata)) return metadata
  const { tollgate: _ours, ...rest } = metadata
  return Object.keys(rest).length > 0 ? rest : undefined
}
