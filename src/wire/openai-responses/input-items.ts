import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Part } from '../../core/request.ts'
import { arrayAt, filledAt, maybe, noteUnknown, objectAt, stringAt, wordAt } from '../openai/fields.ts'
import { readContent, type Untranslatable } from './content.ts'
import { thinkingOf } from './items.ts'
import { wireName } from './name.ts'
import { provenBy } from './proof.ts'

/** What an item says, and who says it. */
export type Said = Pick<Message, 'role' | 'parts'>

type ItemReader = (item: JsonObject, path: string, untranslatable: Untranslatable) => Said

/** An item's own name, how far it came and in which phase of an answer it was said are nothing that is asked. */
const fields = (...names: string[]): ReadonlySet<string> => new Set(['type', 'id', 'status', 'phase', ...names])

const messageFields = fields('role', 'content')
const readMessage: ItemReader = (item, path, untranslatable) => {
  noteUnknown(item, messageFields, (field) => untranslatable.push(`${path}.${field}`))
  const role = wordAt(item.role, `${path}.role`, ['user', 'assistant', 'system', 'developer'])
  const parts = readContent(item.content, `${path}.content`, untranslatable)
  const other = role === 'user' || role === 'assistant' ? -1 : parts.findIndex(({ kind }) => kind !== 'text')
  if (other !== -1) throw invalid(`${path}.content[${other}]`, 'must be text.')
  return { role, parts }
}

/** Calls that a program made, or that may be answered later, are told only to who knows such programs. */
const noteCaller = (item: JsonObject, path: string, untranslatable: Untranslatable): void => {
  const caller = maybe(item.caller, `${path}.caller`, objectAt)
  if (caller && caller.type !== 'direct') untranslatable.push(`${path}.caller`)
  if (item.async === true) untranslatable.push(`${path}.async`)
}

const callFields = fields('call_id', 'name', 'arguments', 'input', 'caller', 'async', 'created_by')
const readCall =
  (custom: boolean): ItemReader =>
  (item, path, untranslatable) => {
    noteUnknown(item, callFields, (field) => untranslatable.push(`${path}.${field}`))
    noteCaller(item, path, untranslatable)
    const id = filledAt(item.call_id, `${path}.call_id`)
    const name = filledAt(item.name, `${path}.name`)
    const call = { kind: 'tool_call', id, name } as const
    const part: Part = custom
      ? { ...call, arguments: stringAt(item.input, `${path}.input`), custom }
      : { ...call, arguments: stringAt(item.arguments, `${path}.arguments`) }
    return { role: 'assistant', parts: [part] }
  }

const resultFields = fields('call_id', 'output', 'caller', 'created_by')
const readResult: ItemReader = (item, path, untranslatable) => {
  noteUnknown(item, resultFields, (field) => untranslatable.push(`${path}.${field}`))
  noteCaller(item, path, untranslatable)
  const id = filledAt(item.call_id, `${path}.call_id`)
  const parts = readContent(item.output, `${path}.output`, untranslatable)
  return { role: 'tool', parts: [{ kind: 'tool_result', id, parts }] }
}

const reasoningFields = fields('summary', 'content', 'encrypted_content')
const readReasoning: ItemReader = (item, path, untranslatable) => {
  noteUnknown(item, reasoningFields, (field) => untranslatable.push(`${path}.${field}`))
  for (const field of ['summary', 'content'] as const)
    for (const [index, part] of (maybe(item[field], `${path}.${field}`, arrayAt) ?? []).entries())
      stringAt(objectAt(part, `${path}.${field}[${index}]`).text, `${path}.${field}[${index}].text`)
  maybe(item.id, `${path}.id`, stringAt)
  maybe(item.encrypted_content, `${path}.encrypted_content`, stringAt)
  return { role: 'assistant', parts: [{ kind: 'reasoning', text: thinkingOf(item), ...provenBy(item) }] }
}

/** References to what the provider keeps, and the items of tools that it runs, mean nothing to another. */
const readOpaque: ItemReader = (item, path, untranslatable) => {
  const type = filledAt(item.type, `${path}.type`)
  untranslatable.push(`${path} (${type})`)
  return { role: 'assistant', parts: [{ kind: 'opaque', wire: wireName, value: item }] }
}

const readers: ReadonlyMap<unknown, ItemReader> = new Map<unknown, ItemReader>([
  ['message', readMessage],
  ['function_call', readCall(false)],
  ['custom_tool_call', readCall(true)],
  ['function_call_output', readResult],
  ['custom_tool_call_output', readResult],
  ['reasoning', readReasoning],
])

const readItem = (value: JsonValue | undefined, path: string, untranslatable: Untranslatable): Said => {
  const item = objectAt(value, path)
  // A message need not say that it is one.
  const type = item.type ?? (item.role === undefined ? undefined : 'message')
  return (readers.get(type) ?? readOpaque)(item, path, untranslatable)
}

/** The field `input`. What the assistant said, thought and called without a break is one message. */
export const readInput = (input: JsonValue | undefined, untranslatable: Untranslatable): Message[] => {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ kind: 'text', text: input }] }]
  if (!Array.isArray(input) || input.length === 0) throw invalid('input', 'must be a string, or items in an array.')
  const messages: (Message & { readonly parts: Part[] })[] = []
  for (let index = 0; index < input.length; index++) {
    const { role, parts } = readItem(input[index], `input[${index}]`, untranslatable)
    const last = messages.at(-1)
    if (role === 'assistant' && last?.role === role) last.parts.push(...parts)
    else messages.push({ role, parts: [...parts] })
  }
  return messages
}
