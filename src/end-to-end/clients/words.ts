import type { Cell, ClientName, Impossible, Run } from './cell.ts'

/** The same doing for every client. */
export const all = (run: Run): Record<ClientName, Run> => ({
  openai: run,
  anthropic: run,
  'ai-openai': run,
  'ai-anthropic': run,
})

/** Why a client cannot ask this. */
export const no = (because: string): Impossible => ({ because })

const ends = {
  stop: { openai: 'stop', anthropic: 'end_turn', ai: 'stop' },
  length: { openai: 'length', anthropic: 'max_tokens', ai: 'length' },
  tools: { openai: 'tool_calls', anthropic: 'tool_use', ai: 'tool-calls' },
  refusal: { openai: 'content_filter', anthropic: 'refusal', ai: 'content-filter' },
} as const

/** A client's word for the end of an answer. */
export const endWord = ({ client }: Cell, end: keyof typeof ends): string =>
  ends[end][client === 'openai' || client === 'anthropic' ? client : 'ai']
