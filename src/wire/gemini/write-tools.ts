import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat, Tool, ToolChoice } from '../../core/request.ts'
import { wireName } from './name.ts'

const declaration = ({ name, description, parameters, custom }: Tool): JsonObject => {
  if (custom) throw incapable(`the custom tool ${name}`, wireName)
  return { name, description, parametersJsonSchema: parameters }
}

const hosted = ({ name, hosted: own }: Tool): JsonObject => {
  if (own === undefined || own.wire !== wireName) throw incapable(`the tool ${name} of another provider`, wireName)
  return own.value
}

const modes = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const

const calling = (choice: ToolChoice | undefined, strict: boolean): JsonObject | undefined => {
  if (choice === undefined) return strict ? { mode: 'VALIDATED' } : undefined
  if (choice.kind === 'tool') return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  // Names may only be told where calls are kept to their schemas.
  if (choice.kind === 'allowed')
    return { mode: choice.mode === 'auto' ? 'VALIDATED' : 'ANY', allowedFunctionNames: choice.names }
  return { mode: strict && choice.kind === 'auto' ? 'VALIDATED' : modes[choice.kind] }
}

/** The tools and how they may be used. */
export const writeTools = ({ tools, toolChoice, parallelTools }: Chat): JsonObject => {
  const functions = tools.filter((tool) => tool.hosted === undefined)
  if (parallelTools === false && functions.length > 0) throw incapable('parallel_tool_calls: false', wireName)
  const entries = tools.filter((tool) => tool.hosted !== undefined).map(hosted)
  if (functions.length > 0) entries.unshift({ functionDeclarations: functions.map(declaration) })
  const config = calling(
    toolChoice,
    functions.some(({ strict }) => strict === true),
  )
  return {
    tools: entries.length > 0 ? entries : undefined,
    toolConfig: config && { functionCallingConfig: config },
  }
}
