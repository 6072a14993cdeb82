import type { LanguageModelV4Message, LanguageModelV4Prompt, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { incapable } from '../../core/errors.ts'
import type { CacheMark, Chat, Message, Part } from '../../core/request.ts'
import { mediaOf } from './media.ts'
import { openProof } from './origin.ts'
import { resultsOf } from './tool-results.ts'

type Assistant = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]
type User = Extract<LanguageModelV4Message, { role: 'user' }>['content'][number]

/** For whom a conversation is written. */
export interface Reader {
  /** The id of the provider, as its package gives it. */
  readonly provider: string
  /** For messages. */
  readonly target: string
}

/** Whoever keeps prompts by marks reads them; everybody else passes over them. */
export const marked = (cache: CacheMark | undefined): { providerOptions?: SharedV4ProviderOptions } =>
  cache === undefined
    ? {}
    : {
        providerOptions: {
          anthropic: { cacheControl: { type: 'ephemeral', ttl: cache === 'long' ? '1h' : '5m' } },
        },
      }

const textIn = (parts: readonly Part[], reader: Reader): string =>
  parts
    .map((part) => {
      if (part.kind !== 'text') throw incapable(`${part.kind} among instructions`, reader.target)
      return part.text
    })
    .join('\n\n')

const userPart = (part: Part, reader: Reader): User => {
  if (part.kind === 'text') return { type: 'text', text: part.text, ...marked(part.cache) }
  if (part.kind === 'image' || part.kind === 'file' || part.kind === 'audio') return mediaOf(part, reader.target)
  throw incapable(part.kind, reader.target)
}

/** JSON as a value; what is no JSON goes as the text that it is. */
const inputOf = (text: string): unknown => {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const assistantParts = (part: Part, reader: Reader): Assistant[] => {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text, ...marked(part.cache) }]
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'tool_call':
      if (part.custom) throw incapable('custom tools', reader.target)
      return [{ type: 'tool-call', toolCallId: part.id, toolName: part.name, input: inputOf(part.arguments) }]
    case 'reasoning': {
      // Thinking of others is no part of the question, and its proof means nothing here.
      const proof = openProof(reader.provider, part.signature)
      return proof ? [{ type: 'reasoning', text: part.text, providerOptions: proof.metadata ?? {} }] : []
    }
    default:
      throw incapable(`${part.kind} in an answer`, reader.target)
  }
}

const writeMessage = (
  message: Message,
  names: ReadonlyMap<string, string>,
  reader: Reader,
): LanguageModelV4Message[] => {
  const { role, parts } = message
  if (role === 'system' || role === 'developer') {
    const cache = parts.findLast((part) => 'cache' in part && part.cache !== undefined) as
      | { cache?: CacheMark }
      | undefined
    return [{ role: 'system', content: textIn(parts, reader), ...marked(cache?.cache) }]
  }
  if (role === 'assistant') return [{ role, content: parts.flatMap((part) => assistantParts(part, reader)) }]
  const results = parts.filter((part) => part.kind === 'tool_result')
  const rest = parts.filter((part) => part.kind !== 'tool_result')
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, content: resultsOf(results, names, reader.target) }] : []),
    ...(rest.length > 0 ? [{ role: 'user' as const, content: rest.map((part) => userPart(part, reader)) }] : []),
  ]
}

/** The conversation in the words of the AI SDK. Throws `incapable` for what it has no words for. */
export const promptOf = ({ messages }: Chat, reader: Reader): LanguageModelV4Prompt => {
  const names = new Map<string, string>()
  for (const { parts } of messages)
    for (const part of parts) if (part.kind === 'tool_call') names.set(part.id, part.name)
  return messages.flatMap((message) => writeMessage(message, names, reader))
}
