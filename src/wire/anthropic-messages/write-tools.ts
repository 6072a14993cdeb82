import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Tool, ToolChoice } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import type { Abilities } from '../claude-abilities.ts'
import { wireName } from './name.ts'
import { cacheControl } from './write-blocks.ts'

const schemaOf = (parameters: JsonObject | undefined): JsonObject => {
  if (parameters === undefined) return { type: 'object', properties: {} }
  return parameters.type === undefined ? { type: 'object', ...parameters } : parameters
}

const writeTool = (tool: Tool, target: Target): JsonObject => {
  if (tool.hosted) {
    if (tool.hosted.wire !== wireName) throw incapable(`the tool ${tool.name} of another provider`, wireName)
    return tool.hosted.value
  }
  if (tool.custom) throw incapable(`the custom tool ${tool.name}`, wireName)
  if (tool.strict && target.quirks.schemaFormat === false) throw incapable('strict tools', wireName)
  return {
    name: tool.name,
    description: tool.description,
    input_schema: schemaOf(tool.parameters),
    strict: tool.strict,
    cache_control: tool.cache && cacheControl(tool.cache),
  }
}

/** Tools of which only some may be called: the others are not told at all, which comes to the same. */
const allowed = ({ tools, toolChoice }: Chat): readonly Tool[] =>
  toolChoice?.kind === 'allowed' ? tools.filter(({ name }) => toolChoice.names.includes(name)) : tools

const choiceOf = (choice: ToolChoice | undefined): JsonObject => {
  if (choice === undefined) return { type: 'auto' }
  if (choice.kind === 'tool') return { type: 'tool', name: choice.name }
  const mode = choice.kind === 'allowed' ? choice.mode : choice.kind
  return { type: mode === 'required' ? 'any' : mode }
}

const writeChoice = ({ toolChoice, parallelTools }: Chat, abilities: Abilities): JsonObject | undefined => {
  if (toolChoice === undefined && parallelTools === undefined) return undefined
  const choice = choiceOf(toolChoice)
  if (!abilities.forcedTools && (choice.type === 'any' || choice.type === 'tool')) {
    throw incapable('a tool_choice that forces a tool', wireName)
  }
  if (parallelTools === undefined || choice.type === 'none') return choice
  return { ...choice, disable_parallel_tool_use: !parallelTools }
}

/** The tools and how they may be used. */
export const writeTools = (chat: Chat, target: Target, abilities: Abilities): JsonObject => {
  const tools = allowed(chat)
  const forced = chat.toolChoice?.kind === 'required' || chat.toolChoice?.kind === 'tool'
  // A choice without tools is refused, even where it says nothing.
  if (tools.length === 0) return forced ? { tool_choice: writeChoice(chat, abilities) } : {}
  return { tools: tools.map((tool) => writeTool(tool, target)), tool_choice: writeChoice(chat, abilities) }
}
