import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { abilitiesOf } from '../claude-abilities.ts'
import { cleaned, toolTurnLacksThinking } from './foreign-thinking.ts'
import { wireName } from './name.ts'
import { writeConversation } from './turns.ts'
import { refuseInexpressible, writeFormat, writeSettings } from './write-settings.ts'
import { planThinking, thinkWithin } from './write-thinking.ts'
import { writeTools } from './write-tools.ts'

type Sent = Record<string, JsonValue | undefined>

/** The caller's own metadata without what was meant for the gateway; undefined when nothing is left. */
const withoutControl = (metadata: JsonObject): JsonObject | undefined => {
  const { tollgate: _, ...rest } = metadata
  return Object.keys(rest).length > 0 ? rest : undefined
}

/** The caller's body as it came: only the model is another one, and what belongs to the gateway is gone. */
const fromBody = (request: Request, given: JsonObject, { model }: Target): Sent => {
  const body = request.foreignReasoning ? cleaned(given) : given
  const sent: Sent = { ...body, model }
  const { metadata } = body
  if (isObject(metadata) && metadata.tollgate !== undefined) sent.metadata = withoutControl(metadata)
  if (request.operation === 'count_tokens') sent.stream = undefined
  else if ((body.stream === true) !== request.stream) sent.stream = request.stream
  return sent
}

const outputConfig = (effort: string | undefined, format: JsonObject | undefined): JsonObject | undefined =>
  effort === undefined && format === undefined ? undefined : { effort, format }

/** The request from neutral words alone. */
const fromChat = (request: Request, target: Target): Sent => {
  refuseInexpressible(request)
  const { chat } = request
  const abilities = abilitiesOf(target)
  const { system, messages } = writeConversation(chat.messages, abilities, request.wire !== wireName)
  const { thinking, effort, maxTokens } = planThinking({ request, target, abilities })
  const question = {
    model: target.model,
    system: system.length > 0 ? system : undefined,
    messages,
    ...writeTools(chat, target, abilities),
    thinking: thinking?.type === 'enabled' && toolTurnLacksThinking(messages) ? undefined : thinking,
    output_config: outputConfig(effort, writeFormat(chat)),
  }
  if (request.operation === 'count_tokens') return question
  return { ...question, max_tokens: maxTokens, ...writeSettings(request, abilities) }
}

/** Without these the answer is the same. */
const isHint = (field: string, value: JsonValue): boolean =>
  field === 'metadata' || field === 'cache_control' || (field === 'service_tier' && value === 'auto')

const withhold = (sent: Sent, refuses: readonly string[], target: Target): void => {
  for (const field of refuses) {
    const value = sent[field]
    if (value === undefined || value === null) continue
    if (!isHint(field, value)) throw incapable(field, target.id)
    sent[field] = undefined
  }
}

const asksForSchema = ({ output_config: config, output_format: format }: Sent): boolean =>
  isSaid(format) || (isObject(config) && isSaid(config.format))

const isSaid = (value: JsonValue | undefined): boolean => value !== undefined && value !== null

const cap = (sent: Sent, maxTokens: number): void => {
  sent.max_tokens = maxTokens
  if (isObject(sent.thinking)) sent.thinking = thinkWithin(sent.thinking, maxTokens)
}

/** Us → upstream. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName && request.body !== undefined
  const sent = own ? fromBody(request, request.body as JsonObject, target) : fromChat(request, target)
  const { refuses, adds, schemaFormat } = target.quirks
  // Where a schema is not enforced it would be passed over, and the caller would trust an answer that was never checked.
  if (schemaFormat === false && asksForSchema(sent)) throw incapable('output_config.format', target.id)
  if (refuses) withhold(sent, refuses, target)
  // Counting takes fewer fields than asking, and what is added is meant for asking.
  if (request.operation !== 'chat') return JSON.stringify(sent)
  if (adds) Object.assign(sent, adds)
  if (target.quirks.namesModel === false) sent.model = undefined
  // After everything else: what is held for an answer must cover it.
  if (request.outputCap !== undefined) cap(sent, request.outputCap)
  return JSON.stringify(sent)
}
