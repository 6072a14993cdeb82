import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { OutputRule, OutputRules, OutputRung, Violation } from '../core/output-rules.ts'
import { coerce } from './coerce.ts'
import { findJson } from './find-json.ts'
import { brokenRules } from './output-checks.ts'
import type { SchemaChecks } from './schema-checks.ts'

/** What an answer must satisfy; without a schema it must be an object. */
export interface Demand {
  readonly schema: JsonObject | undefined
  /** Without a schema: may it be any value that JSON can say? */
  readonly isAny?: boolean | undefined
  readonly rules: readonly OutputRule[]
  readonly check?: OutputRules['check']
}

/** What became of what a model said. */
export type Climbed =
  | { readonly rung: Extract<OutputRung, 'native' | 'extracted' | 'repaired' | 'coerced'>; readonly text: string }
  /** Nothing in it will do, and why; empty where there is no JSON in it. */
  | { readonly rung: undefined; readonly violations: readonly Violation[] }

const rungs = { parsed: 'native', extracted: 'extracted', repaired: 'repaired' } as const

/** So many values in one text are held against its schema. */
const mostTried = 8

/**
 * Climbs from what is there to what is wanted, as few rungs as suffice: the text as it is, the JSON in it, JSON that was
 * put right, values that were made to fit where that is certain. What is valid is never changed.
 */
export const climb = async (text: string, demand: Demand, checks: SchemaChecks): Promise<Climbed> => {
  const found = findJson(text).slice(0, mostTried)
  let first: readonly Violation[] | undefined
  for (const { value, rung } of found) {
    const violations = await violationsOf(value, demand, checks)
    if (violations.length === 0) return { rung: rungs[rung], text: rung === 'parsed' ? text : JSON.stringify(value) }
    first ??= violations
  }
  if (demand.schema) {
    for (const { value } of found) {
      const { value: fitted, changes } = coerce(value, demand.schema)
      if (changes > 0 && (await violationsOf(fitted, demand, checks)).length === 0)
        return { rung: 'coerced', text: JSON.stringify(fitted) }
    }
  }
  return { rung: undefined, violations: first ?? [] }
}

const noObject: Violation = { pointer: '', message: 'must be an object', keyword: 'type' }

const violationsOf = async (
  value: JsonValue,
  { schema, isAny, rules, check }: Demand,
  checks: SchemaChecks,
): Promise<readonly Violation[]> => {
  const ofSchema = schema ? await bySchema(value, schema, checks) : isAny || isObject(value) ? [] : [noObject]
  if (ofSchema.length > 0) return ofSchema
  const ofRules = brokenRules(value, rules)
  return ofRules.length > 0 || !check ? ofRules : check(value)
}

const bySchema = async (value: JsonValue, schema: JsonObject, checks: SchemaChecks): Promise<readonly Violation[]> => {
  const verdict = await checks.check(schema, value)
  if (verdict.isValid === undefined) return [{ pointer: '', message: verdict.problem, keyword: 'schema' }]
  return verdict.isValid ? [] : verdict.violations
}
