/** The thread in which schemas of callers are compiled and applied: it can be ended, whatever they do to it. */
import { parentPort } from 'node:worker_threads'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Violation } from '../core/output-rules.ts'
import { compileSchema, type Validate } from './compile.ts'

/** What the thread is asked. */
export interface Asked {
  readonly id: number
  /** Names the schema; what was compiled under it is used again. */
  readonly name: string
  /** Absent: it was sent before. */
  readonly schema: JsonObject | undefined
  /** As JSON; absent: it is only to be compiled. */
  readonly value: string | undefined
}

/** What it answers. */
export type Told =
  | { readonly id: number; readonly violations: readonly Violation[] }
  /** The schema cannot be used, and why. */
  | { readonly id: number; readonly problem: string }
  /** The schema is not known here (any more). */
  | { readonly id: number; readonly isUnknown: true }

const mostKept = 500

const port = parentPort
if (port) {
  const known = new Map<string, Validate>()
  const validateOf = ({ name, schema }: Asked): Validate | undefined => {
    const found = known.get(name) ?? (schema && compileSchema(schema))
    if (!found) return undefined
    known.delete(name)
    known.set(name, found)
    if (known.size > mostKept) known.delete(known.keys().next().value as string)
    return found
  }
  const answer = (asked: Asked): Told => {
    const { id, value } = asked
    try {
      const validate = validateOf(asked)
      if (!validate) return { id, isUnknown: true }
      return { id, violations: value === undefined ? [] : validate(JSON.parse(value) as JsonValue) }
    } catch (thrown) {
      return { id, problem: thrown instanceof Error ? thrown.message : String(thrown) }
    }
  }
  port.on('message', (asked: Asked) => port.postMessage(answer(asked)))
}
