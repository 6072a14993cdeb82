import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Format, ReasoningRequest } from '../../core/request.ts'
import type { ChatDraft } from '../openai/draft.ts'
import {
  arrayAt,
  booleanAt,
  filledAt,
  integerAt,
  maybe,
  nameAt,
  noteUnknown,
  objectAt,
  shortened,
  stringAt,
} from '../openai/fields.ts'

/** A request while it is read. */
export interface Draft extends ChatDraft {
  /** Did it ask to be shown log-probabilities? */
  probabilities: boolean
}

/** Reads one field that is neither absent nor null. */
export type FieldReader = (value: JsonValue, draft: Draft, field: string) => void

const readSchema = (format: JsonObject): Format => ({
  kind: 'schema',
  name: nameAt(format.name, 'text.format.name', 64),
  schema: objectAt(format.schema, 'text.format.schema'),
  description: maybe(format.description, 'text.format.description', stringAt),
  strict: maybe(format.strict, 'text.format.strict', booleanAt),
})

const formatFields: ReadonlySet<string> = new Set(['type', 'name', 'schema', 'description', 'strict'])
const readFormat = (value: JsonValue, { chat, untranslatable }: Draft): void => {
  const format = objectAt(value, 'text.format')
  const type = filledAt(format.type, 'text.format.type')
  noteUnknown(format, formatFields, (field) => untranslatable.push(`text.format.${field}`))
  if (type === 'json_schema') chat.format = readSchema(format)
  else if (type === 'json_object') chat.format = { kind: 'json' }
  else if (type === 'text') chat.format = { kind: 'text' }
  else untranslatable.push('text.format')
}

const textFields: ReadonlySet<string> = new Set(['format', 'verbosity'])

/** The field `text`: the format of the answer, and how long-winded it is. The latter has no neutral word. */
export const readText: FieldReader = (value, draft, field) => {
  const text = objectAt(value, field)
  noteUnknown(text, textFields, (name) => draft.untranslatable.push(`text.${name}`))
  const verbosity = maybe(text.verbosity, 'text.verbosity', stringAt)
  if (verbosity !== undefined && verbosity !== 'medium') draft.untranslatable.push('text.verbosity')
  if (text.format !== undefined && text.format !== null) readFormat(text.format, draft)
}

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
const isEffort = (word: string): word is (typeof efforts)[number] => efforts.includes(word as never)

const reasoningFields: ReadonlySet<string> = new Set([...['effort', 'summary', 'generate_summary', 'mode', 'context']])

/** What stands in fields of `reasoning` where they change nothing. */
const usual: Readonly<Record<string, string>> = { mode: 'standard', context: 'auto' }

/** The field `reasoning`: how much to think, and whether a summary is shown. */
export const readReasoning: FieldReader = (value, draft, field) => {
  const given = objectAt(value, field)
  const { chat, untranslatable } = draft
  noteUnknown(given, reasoningFields, (name) => untranslatable.push(`reasoning.${name}`))
  for (const name in usual) {
    const word = maybe(given[name], `reasoning.${name}`, stringAt)
    if (word !== undefined && word !== usual[name]) untranslatable.push(`reasoning.${name}`)
  }
  const effort = maybe(given.effort, 'reasoning.effort', stringAt)
  const summary =
    maybe(given.summary, 'reasoning.summary', stringAt) ??
    maybe(given.generate_summary, 'reasoning.generate_summary', stringAt)
  const wish: ReasoningRequest = {
    ...(effort !== undefined && isEffort(effort) ? { effort } : {}),
    ...(summary === undefined ? {} : { show: true }),
  }
  if (effort !== undefined && !isEffort(effort)) untranslatable.push('reasoning.effort')
  if (Object.keys(wish).length > 0) chat.reasoning = wish
}

/** Asking to be shown what tools of the provider found, or what is encrypted, asks nothing of the model. */
const shown = /^(reasoning\.encrypted_content|[a-z_]+_call(_output)?\.[a-z_.]+|message\.input_image\.image_url)$/

/** The field `include`. */
export const readInclude: FieldReader = (value, draft, field) => {
  for (const [index, entry] of arrayAt(value, field).entries()) {
    const word = filledAt(entry, `${field}[${index}]`)
    if (word === 'message.output_text.logprobs') draft.probabilities = true
    else if (!shown.test(word)) draft.untranslatable.push(`${field}[${index}]`)
  }
}

/** The field `top_logprobs`. */
export const readTopLogProbs: FieldReader = (value, { chat }, field) => {
  const top = integerAt(value, field, { least: 0, most: 20 })
  if (top > 0) chat.logProbs = { top }
}

/** A field of which one value changes nothing, and the others have no neutral word. */
export const unless =
  (harmless: JsonValue, read: (value: JsonValue, field: string) => unknown): FieldReader =>
  (value, { untranslatable }, field) => {
    read(value, field)
    if (value !== harmless) untranslatable.push(shortened(field))
  }

/** The field `metadata`. */
export const readMetadata: FieldReader = (value, { chat }, field) => {
  const metadata = objectAt(value, field)
  if (Object.keys(metadata).length > 128) throw invalid(field, 'must not have more than 128 entries.')
  chat.metadata = metadata
}
