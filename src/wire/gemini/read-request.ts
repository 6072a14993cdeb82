import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import type { Chat, Message, Request, Tool } from '../../core/request.ts'
import { join } from '../checks.ts'
import type { Door } from '../wire.ts'
import { camelFields, fieldsOf, isUnsaid, type Reading, textOf } from './fields.ts'
import { saysMore } from './held.ts'
import { wireName } from './name.ts'
import { readConfig } from './read-config.ts'
import { readContents, readInstruction } from './read-contents.ts'
import { readToolConfig, readTools, type ToolUse } from './read-tools.ts'

/** A request while it is read. */
class Draft implements Reading {
  readonly untranslatable: string[] = []
  foreignReasoning = false
  instruction: Message | undefined
  messages: Message[] = []
  tools: Tool[] = []
  use: ToolUse = { toolChoice: undefined, strict: false }
  settings: Partial<Chat> = {}
  serviceTier: string | undefined
}

type FieldReader = (value: JsonValue, path: string, draft: Draft) => void

const tiers: ReadonlyMap<string, string | undefined> = new Map([
  ['unspecified', undefined],
  ['standard', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
])

const readTier: FieldReader = (value, path, draft) => {
  const word = textOf(value, path).toLowerCase().replace('service_tier_', '')
  if (!tiers.has(word)) throw invalid(path, "must be 'standard', 'flex' or 'priority'")
  draft.serviceTier = tiers.get(word)
}

const readers: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['model', (value, path) => void textOf(value, path)],
  ['contents', (value, path, draft) => (draft.messages = readContents(value, path, draft))],
  ['systemInstruction', (value, path, draft) => (draft.instruction = readInstruction(value, path, draft))],
  ['tools', (value, path, draft) => (draft.tools = readTools(value, path, draft))],
  ['toolConfig', (value, path, draft) => (draft.use = readToolConfig(value, path, draft))],
  ['generationConfig', (value, path, draft) => (draft.settings = readConfig(value, path, draft))],
  ['serviceTier', readTier],
])

const readFields = (body: JsonObject, path: string): Draft => {
  const draft = new Draft()
  for (const field in body) {
    const value = body[field]
    const where = join(path, field)
    if (overrides.has(field)) throw invalid(where, 'is not accepted from callers')
    if (isUnsaid(value)) continue
    const read = readers.get(field)
    if (read) read(value, where, draft)
    else draft.untranslatable.push(where)
  }
  return draft
}

const chatOf = ({ instruction, messages, tools, use, settings, serviceTier }: Draft): Chat => ({
  stop: [],
  ...settings,
  messages: instruction ? [instruction, ...messages] : messages,
  tools: use.strict ? tools.map((tool) => (tool.hosted ? tool : { ...tool, strict: true })) : tools,
  toolChoice: use.toolChoice,
  serviceTier,
})

const longestModel = 256

/** The path names the model; inside of batches and counts a body does. */
const modelOf = ({ model }: Door, body: JsonObject): string => {
  const named = model ?? (typeof body.model === 'string' ? body.model.replace(/^models\//, '') : '')
  if (named === '') throw invalid('model', 'is required')
  if (named.length > longestModel) throw invalid('model', `must not be longer than ${longestModel} characters`)
  return named
}

/** What is counted may stand in the body itself, or whole under `generateContentRequest`. */
const asked = (body: JsonObject, { operation }: Door): { readonly inner: JsonObject; readonly path: string } => {
  const path = 'generateContentRequest'
  if (operation !== 'count_tokens' || isUnsaid(body[path])) return { inner: body, path: '' }
  if (!isUnsaid(body.contents)) throw invalid('contents', `must not stand beside ${path}`)
  return { inner: fieldsOf(body[path], path), path }
}

/** Caller → us. Reading it is checking it: each field is looked at once, by the function that knows it. */
export const readRequest = (given: JsonObject, door: Door): Request => {
  const body = camelFields(given, '')
  const { inner, path } = asked(body, door)
  if (isUnsaid(inner.contents)) throw invalid(join(path, 'contents'), 'is required')
  const model = modelOf(door, inner)
  const draft = readFields(inner, path)
  return {
    operation: door.operation,
    wire: wireName,
    model,
    stream: door.operation === 'chat' && door.stream === true,
    wantsUsage: true,
    body: given,
    chat: chatOf(draft),
    untranslatable: draft.untranslatable,
    foreignReasoning: draft.foreignReasoning || undefined,
    saysMore,
  }
}
