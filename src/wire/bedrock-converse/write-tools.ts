import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Tool, ToolChoice } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import type { Abilities } from '../claude-abilities.ts'
import { cachePoint, cachePointsOf } from './cache-points.ts'
import { wireName } from './name.ts'

const schemaOf = (parameters: JsonObject | undefined): JsonObject => {
  if (parameters === undefined) return { type: 'object', properties: {} }
  return parameters.type === undefined ? { type: 'object', ...parameters } : parameters
}

const writeTool = (tool: Tool, target: Target): JsonObject => {
  const { hosted, custom, name, description, strict } = tool
  if (hosted) {
    if (hosted.wire !== wireName) throw incapable(`the tool ${name} of another provider`, wireName)
    return hosted.value
  }
  if (custom) throw incapable(`the custom tool ${name}`, wireName)
  if (strict && target.quirks.schemaFormat === false) throw incapable('strict tools', wireName)
  const spec = { name, description: description || undefined, inputSchema: { json: schemaOf(tool.parameters) }, strict }
  return { toolSpec: spec }
}

/** Tools of which only some may be called: the others are not told at all, which comes to the same. */
const allowed = ({ tools, toolChoice }: Chat): readonly Tool[] => {
  if (toolChoice?.kind === 'none') return []
  return toolChoice?.kind === 'allowed' ? tools.filter(({ name }) => toolChoice.names.includes(name)) : tools
}

const writeChoice = (choice: ToolChoice | undefined, abilities: Abilities): JsonObject | undefined => {
  if (choice === undefined) return undefined
  const mode = choice.kind === 'allowed' ? choice.mode : choice.kind
  if (mode === 'auto') return { auto: {} }
  if (!abilities.forcedTools) throw incapable('a tool that must be called', wireName)
  return choice.kind === 'tool' ? { tool: { name: choice.name } } : { any: {} }
}

const usesTools = ({ messages }: Chat): boolean =>
  messages.some(({ parts }) => parts.some(({ kind }) => kind === 'tool_call' || kind === 'tool_result'))

/** The tools a model may call, and which of them it must; undefined where there are none. */
export const writeToolConfig = (chat: Chat, target: Target, abilities: Abilities): JsonObject | undefined => {
  const tools = allowed(chat)
  if (tools.length === 0) {
    if (!usesTools(chat)) return undefined
    // Amazon refuses such a conversation, and made-up tools could be called.
    throw incapable('calls of tools in a conversation that offers none', wireName)
  }
  if (chat.parallelTools === false) throw incapable('parallel_tool_calls: false', wireName)
  const marks = cachePointsOf(target)
  const entries = tools.flatMap((tool) => {
    const entry = writeTool(tool, target)
    return tool.cache && marks.inTools ? [entry, cachePoint(tool.cache, marks)] : [entry]
  })
  return { tools: entries, toolChoice: writeChoice(chat.toolChoice, abilities) }
}
