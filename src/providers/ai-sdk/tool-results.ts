import type { LanguageModelV4ToolResultOutput, LanguageModelV4ToolResultPart } from '@ai-sdk/provider'
import { incapable, invalid } from '../../core/errors.ts'
import type { Part, ToolResultPart } from '../../core/request.ts'
import { mediaOf } from './media.ts'

type Content = Extract<LanguageModelV4ToolResultOutput, { type: 'content' }>['value'][number]

const contentOf = (part: Part, target: string): Content => {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  if (part.kind === 'image' || part.kind === 'file' || part.kind === 'audio') return mediaOf(part, target)
  throw incapable(`${part.kind} in the result of a tool`, target)
}

const outputOf = ({ parts, isError }: ToolResultPart, target: string): LanguageModelV4ToolResultOutput => {
  const texts = parts.filter((part) => part.kind === 'text')
  if (texts.length < parts.length) {
    if (isError) throw incapable('media in the error of a tool', target)
    return { type: 'content', value: parts.map((part) => contentOf(part, target)) }
  }
  const value = texts.map(({ text }) => text).join('\n')
  return { type: isError ? 'error-text' : 'text', value }
}

/** What tools gave back; each is told with the name of its tool, which stands in the call. */
export const resultsOf = (
  results: readonly ToolResultPart[],
  names: ReadonlyMap<string, string>,
  target: string,
): LanguageModelV4ToolResultPart[] =>
  results.map((result) => {
    const toolName = names.get(result.id)
    if (toolName === undefined) throw invalid('messages', `The result ${result.id} belongs to no call of a tool.`)
    return { type: 'tool-result', toolCallId: result.id, toolName, output: outputOf(result, target) }
  })
