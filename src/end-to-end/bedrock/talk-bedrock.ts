import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Cell } from '../clients/cell.ts'
import type { Heard, Talk, ToolAnswer, UserPart, Wishes } from '../clients/talk.ts'
import { converse, converseStream } from './aws-client.ts'
import { gather } from './gather.ts'

const blockOf = (part: UserPart): JsonObject => {
  if (part.kind === 'text') return { text: part.text }
  if (part.kind === 'image') {
    const [, format, bytes] = /^data:image\/([a-z]+);base64,(.*)$/.exec(part.url) ?? []
    return { image: { format, source: { bytes } } }
  }
  const [name, format] = part.name.split('.')
  return { document: { name, format, source: { bytes: part.base64 } } }
}

const choiceOf = (choice: Wishes['choice']): JsonObject | undefined => {
  if (typeof choice === 'object') return { tool: { name: choice.tool } }
  return choice === 'required' ? { any: {} } : choice === 'auto' ? { auto: {} } : undefined
}

/** What the wishes are called here. */
const bodyOf = (wishes: Wishes, messages: readonly JsonObject[]): JsonObject => ({
  messages,
  system: wishes.system === undefined ? undefined : [{ text: wishes.system }],
  inferenceConfig: { maxTokens: wishes.maxOutput ?? 4096, stopSequences: wishes.stop },
  toolConfig: wishes.tools && {
    tools: wishes.tools.map(({ name, description, parameters }) => ({
      toolSpec: { name, description, inputSchema: { json: parameters } },
    })),
    toolChoice: choiceOf(wishes.choice),
  },
  additionalModelRequestFields: wishes.thinks ? { thinking: { type: 'enabled', budget_tokens: 2048 } } : undefined,
})

const objects = (value: JsonValue | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

const at = (value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce((found: JsonValue | undefined, key) => (isObject(found) ? found[key] : undefined), value)

const textIn = (block: JsonObject): string => {
  if (typeof block.text === 'string') return block.text
  return objects(at(block.citationsContent, 'content')).map(textIn).join('')
}

/** What an answer says, as a client of Amazon's reads it. */
export const heardOf = (answer: JsonObject): Heard => {
  const content = objects(at(answer.output, 'message', 'content'))
  const count = (name: string): number => Number(at(answer.usage, name) ?? 0)
  return {
    text: content.map(textIn).join(''),
    thinking: content.map((block) => at(block.reasoningContent, 'reasoningText', 'text') ?? '').join(''),
    calls: content.flatMap(({ toolUse }) =>
      isObject(toolUse)
        ? [{ id: String(toolUse.toolUseId), name: String(toolUse.name), input: toolUse.input ?? null }]
        : [],
    ),
    finish: String(answer.stopReason),
    usage: {
      read: count('inputTokens') + count('cacheReadInputTokens') + count('cacheWriteInputTokens'),
      fromCache: count('cacheReadInputTokens'),
      toCache: count('cacheWriteInputTokens'),
      said: count('outputTokens'),
      thought: undefined,
    },
    native: answer,
  }
}

/** A conversation of a client of Amazon's. */
export const talkBedrock = ({ url, model, form }: Pick<Cell, 'url' | 'model' | 'form'>): Talk => {
  const messages: JsonObject[] = []
  const ask = async (content: readonly JsonObject[], wishes: Wishes): Promise<Heard> => {
    messages.push({ role: 'user', content })
    const asking = { url, model: wishes.model ?? model, body: bodyOf(wishes, messages) }
    const answer = form === 'whole' ? await converse(asking) : await gather(converseStream(asking))
    const message = at(answer.output, 'message')
    if (isObject(message)) messages.push(message)
    return heardOf(answer)
  }
  const resultOf = ({ call, text }: ToolAnswer): JsonObject => ({
    toolResult: { toolUseId: call.id, content: [{ text }], status: 'success' },
  })
  return {
    say: (what, wishes = {}) => ask(typeof what === 'string' ? [{ text: what }] : what.map(blockOf), wishes),
    giveResults: (results, wishes = {}) => ask(results.map(resultOf), wishes),
  }
}
