import type { Delta, TokenLogProb } from '../core/delta.ts'
import type { Chat } from '../core/request.ts'
import { splitTokens } from '../core/tokens.ts'
import { noUsage, type Usage } from '../core/usage.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { pick, type Random } from './simulated-random.ts'
import type { SimulatedChoice } from './simulated-reply.ts'
import { words } from './simulated-words.ts'

/** A piece of an answer, and how many tokens it takes to say it. */
export interface Said {
  readonly delta: Delta
  readonly tokens: number
}

const likelihood = (token: string, logProb: number) => ({ token, logProb, bytes: [...Buffer.from(token)] })

/** How likely a token was, and the likeliest in its place: itself first. */
const logProbOf = (token: string, top: number, random: Random): TokenLogProb => {
  const own = likelihood(token, -random())
  const alternatives = Array.from({ length: Math.max(0, top - 1) }, (_, rank) =>
    likelihood(` ${pick(random, words)}`, own.logProb - (rank + 1)),
  )
  return { ...own, top: top > 0 ? [own, ...alternatives] : [] }
}

const saying = (delta: Delta, tokens = 0): Said => ({ delta, tokens })

/** One choice as deltas: thinking, then text or calls, then why it ended. */
export const deltasOf = async (
  choice: number,
  reply: SimulatedChoice,
  { chat, random }: { readonly chat: Chat; readonly random: Random },
): Promise<Said[]> => {
  const said: Said[] = []
  const shows = chat.reasoning?.show !== false
  let block = 0
  for (const text of reply.thought) {
    const thought: Delta = { kind: 'reasoning', choice, block, text: shows ? text : '', origin: openaiChat.name }
    said.push(saying(shows ? thought : silence, 1))
  }
  if (reply.thought.length > 0) block++
  for (const text of reply.text) {
    said.push(saying({ kind: 'text', choice, block, text }, 1))
    if (chat.logProbs) {
      const content = [logProbOf(text, chat.logProbs.top, random)]
      said.push(saying({ kind: 'logprobs', choice, content, refusal: [] }))
    }
  }
  for (const { id, name, arguments: input, custom } of reply.calls) {
    said.push(saying({ kind: 'tool_call', choice, block, id, name, arguments: '', custom }, 1))
    const { tokens } = await splitTokens(input)
    for (const text of tokens) {
      said.push(saying({ kind: 'tool_call', choice, block, arguments: text, custom }, 1))
    }
    block++
  }
  said.push(saying({ kind: 'finish', choice, reason: reply.finish, stopSequence: reply.stopSequence }))
  return said
}

/** Says nothing, but takes its time. */
const silence: Delta = { kind: 'opaque', wire: openaiChat.name, value: {}, semantic: false }

/** What all choices used together. */
export const usageOf = (input: number, replies: readonly SimulatedChoice[]): Usage => ({
  ...noUsage,
  input,
  output: replies.reduce((sum, { saidTokens }) => sum + saidTokens, 0),
  reasoning: replies.reduce((sum, { thoughtTokens }) => sum + thoughtTokens, 0),
})
