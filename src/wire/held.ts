import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'

/**
 * How much of a value the neutral words hold: all of it that asks for anything (`true`), of an object, or of each in a
 * list, these fields, or what a look at it shows. A text is held wherever it may stand.
 */
export type Held = true | HeldFields | ((value: JsonValue) => boolean)

export interface HeldFields {
  readonly [field: string]: Held
}

const holds = (held: Held, value: JsonValue | undefined): boolean => {
  if (held === true || value === undefined || value === null) return true
  if (typeof held === 'function') return held(value)
  if (Array.isArray(value)) {
    for (const entry of value as readonly JsonValue[]) if (!holds(held, entry)) return false
    return true
  }
  return !isObject(value) || holdsFields(held, value)
}

/** Do these hold all that an object says? */
export const holdsFields = (held: HeldFields, object: JsonObject): boolean => {
  for (const field in object) {
    const value = object[field]
    if (value === undefined || value === null) continue
    const inner = Object.hasOwn(held, field) ? held[field] : undefined
    if (inner === undefined || !holds(inner, value)) return false
  }
  return true
}

/** Does a body say more than the neutral words hold? Fields that are not named here are held whole. */
export const more =
  (named: HeldFields) =>
  (body: JsonObject): boolean => {
    for (const field in named) if (!holds(named[field] as Held, body[field])) return true
    return false
  }
