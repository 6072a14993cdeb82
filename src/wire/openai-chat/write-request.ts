import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { type Body, withoutOurs } from '../openai/body.ts'
import { wireName } from './name.ts'
import { passMessages } from './pass-messages.ts'
import { writeChat } from './write-chat.ts'
import { asksOtherwise, writeReasoning } from './write-reasoning.ts'

/** A target that does not take these loses nothing of the question. */
const hints: ReadonlySet<string> = new Set([
  'user',
  'safety_identifier',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
])

/** Values that say what holds anyway: a target that does not take the field does the same without it. */
const unsaid: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['store', false],
  ['service_tier', 'auto'],
  ['n', 1],
  ['tool_choice', 'auto'],
  ['parallel_tool_calls', true],
  ['frequency_penalty', 0],
  ['presence_penalty', 0],
  ['logprobs', false],
])

const isHint = (field: string, value: JsonValue): boolean => hints.has(field) || unsaid.get(field) === value

const setStream = (body: Body, request: Request, target: Target): void => {
  if (body.stream !== request.stream && (request.stream || body.stream !== undefined)) body.stream = request.stream
  const options = body.stream_options
  if (request.stream && target.quirks.streamUsage !== false) {
    // Usage is always asked for: what an answer cost is known from it. Whoever did not ask is not shown it.
    body.stream_options = isObject(options) ? { ...options, include_usage: true } : { include_usage: true }
  } else if (options !== undefined) body.stream_options = undefined
}

const setMaxOutput = (body: Body, target: Target, cap: number | undefined): void => {
  const given = cap ?? body.max_completion_tokens ?? body.max_tokens
  if (given === undefined || given === null) return
  const wanted = target.quirks.maxOutputField ?? 'max_completion_tokens'
  body[wanted === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'] = undefined
  body[wanted] = given
}

/** The caller's own body with only those fields changed that must be: what we do not know passes as it came. */
const passOn = (given: JsonObject, request: Request, target: Target): Body => {
  const body: Body = { ...given }
  body.model = target.model
  body.messages = passMessages(given.messages as readonly JsonValue[], target)
  setStream(body, request, target)
  setMaxOutput(body, target, undefined)
  if (isObject(given.metadata)) body.metadata = withoutOurs(given.metadata)
  if (asksOtherwise(given, target)) {
    body.reasoning_effort = undefined
    body.reasoning = undefined
    body.thinking = undefined
    Object.assign(body, writeReasoning(request.chat.reasoning, target))
  }
  return body
}

const refuseWhatItRefuses = (body: Body, target: Target): void => {
  if (target.quirks.schemaFormat === false) {
    const format = body.response_format
    if (isObject(format) && format.type === 'json_schema') throw incapable('response_format.json_schema', target.id)
  }
  for (const field of target.quirks.refuses ?? []) {
    const value = body[field]
    if (value === undefined || value === null) continue
    if (!isHint(field, value)) throw incapable(field, target.id)
    body[field] = undefined
  }
}

/** The body that asks a target this. Throws `incapable` for what the language or the target cannot say. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName ? request.body : undefined
  const body = own ? passOn(own, request, target) : writeChat(request, target)
  refuseWhatItRefuses(body, target)
  if (target.quirks.adds) Object.assign(body, target.quirks.adds)
  // After everything else: what is held for an answer must cover it.
  if (request.outputCap !== undefined) setMaxOutput(body, target, request.outputCap)
  return JSON.stringify(body)
}
