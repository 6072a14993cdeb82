import type { JsonObject } from '../core/json.ts'
import type { OutputRung, Violation } from '../core/output-rules.ts'
import type { Request } from '../core/request.ts'
import { type Climbed, climb, type Demand } from './ladder.ts'
import { isFinished, type Replaced, type Said, type SaidCall, type SaidChoice } from './said.ts'
import type { SchemaChecks } from './schema-checks.ts'

/** What an answer must satisfy. */
export interface Demands {
  /** Its words; undefined: anything. */
  readonly format: Demand | undefined
  /** The arguments of tools that are to be called by their schema, by the name of the tool. */
  readonly tools: ReadonlyMap<string, JsonObject>
}

/** A faulty answer, and what is wrong with it. */
export interface Faulty {
  readonly text: string
  readonly violations: readonly Violation[]
}

/** What came of looking at a whole answer. */
export type Judgement =
  | { readonly faulty: Faulty }
  | { readonly faulty: undefined; readonly rung: OutputRung; readonly replaced: Replaced }

const noTools: ReadonlyMap<string, JsonObject> = new Map()

/** The tools of a request whose arguments must satisfy their schema exactly. */
export const strictTools = ({ chat: { tools } }: Request): ReadonlyMap<string, JsonObject> => {
  let strict: Map<string, JsonObject> | undefined
  for (const { name, parameters, strict: isStrict, custom, hosted } of tools) {
    if (!isStrict || !parameters || custom || hosted) continue
    strict ??= new Map()
    strict.set(name, parameters)
  }
  return strict ?? noTools
}

/** Holds everything that an answer said against what was demanded; the first fault decides. */
export const judge = async (said: Said, demands: Demands, checks: SchemaChecks): Promise<Judgement> => {
  const texts = new Map<number, string>()
  const calls = new Map<string, string>()
  let rung: OutputRung = 'native'
  const take = <Key>(climbed: Climbed, into: Map<Key, string>, key: Key): boolean => {
    if (climbed.rung === undefined) return false
    if (climbed.rung !== 'native') {
      rung = climbed.rung
      into.set(key, climbed.text)
    }
    return true
  }
  for (const choice of said.choices.values()) {
    const climbed = await ofWords(choice, demands, checks)
    if (climbed && !take(climbed, texts, choice.choice)) return faulty(choice.text, climbed)
  }
  for (const [place, call] of said.calls) {
    const schema = demands.tools.get(call.name)
    if (!schema || !isFinished(said.choices.get(call.choice) as SaidChoice)) continue
    const climbed = await ofArguments(call, schema, checks)
    if (!take(climbed, calls, place)) return faulty(`(called ${call.name} with ${call.arguments})`, climbed, call)
  }
  return { faulty: undefined, rung, replaced: { texts, calls } }
}

const ofWords = (choice: SaidChoice, { format }: Demands, checks: SchemaChecks): Promise<Climbed> | undefined =>
  format && isFinished(choice) && !choice.isOther ? climb(choice.text, format, checks) : undefined

/** No arguments are an empty object. */
const ofArguments = (call: SaidCall, schema: JsonObject, checks: SchemaChecks): Promise<Climbed> =>
  climb(call.arguments.trim() === '' ? '{}' : call.arguments, { schema, rules: [] }, checks)

const faulty = (text: string, climbed: Climbed, call?: SaidCall): Judgement => {
  const violations = climbed.rung === undefined ? climbed.violations : []
  if (!call) return { faulty: { text, violations } }
  const named = violations.map((each) => ({ ...each, message: `of the arguments of ${call.name} ${each.message}` }))
  return { faulty: { text, violations: named } }
}
