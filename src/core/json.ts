/** Any value that JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** A JSON object as it was parsed; its fields are unknown until a wire has read them. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** True for `{…}`, false for arrays, null and scalars. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
