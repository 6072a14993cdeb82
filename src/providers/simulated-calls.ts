import type { Chat, Tool } from '../core/request.ts'
import { pick, type Random } from './simulated-random.ts'
import { valueFor } from './simulated-schema.ts'
import { proseFor, questionOf, resultOf } from './simulated-text.ts'

export interface SimulatedCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
  readonly custom: boolean
}

/** Tools that may be called: those that the caller runs, as far as the choice allows them. */
const callable = ({ tools, toolChoice }: Chat): readonly Tool[] => {
  const own = tools.filter(({ hosted }) => hosted === undefined)
  if (toolChoice?.kind === 'none') return []
  if (toolChoice?.kind === 'tool') return own.filter(({ name }) => name === toolChoice.name)
  if (toolChoice?.kind === 'allowed') return own.filter(({ name }) => toolChoice.names.includes(name))
  return own
}

const isForced = ({ toolChoice }: Chat): boolean =>
  toolChoice?.kind === 'required' ||
  toolChoice?.kind === 'tool' ||
  (toolChoice?.kind === 'allowed' && toolChoice.mode === 'required')

/** Is the name in the text, as a word of its own? `get_weather` is not mentioned by `forget_weather`. */
const mentions = (text: string, name: string): boolean => {
  const part = /[\p{L}\p{N}_-]/u
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!part.test(text[at - 1] ?? ' ') && !part.test(text[at + name.length] ?? ' ')) return true
  }
  return false
}

const wanted = (chat: Chat, random: Random): readonly Tool[] => {
  const [first, ...others] = callable(chat)
  if (!first) return []
  const forced = isForced(chat)
  if (!forced && resultOf(chat) !== undefined) return []
  const question = questionOf(chat).toLowerCase()
  const mentioned = [first, ...others].filter(({ name }) => mentions(question, name.toLowerCase()))
  if (mentioned.length > 0) return chat.parallelTools === false ? mentioned.slice(0, 1) : mentioned
  if (forced) return [pick(random, [first, ...others])]
  return question.includes('use the tool') ? [first] : []
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

const newCallId = (random: Random): string => {
  let id = 'call_'
  while (id.length < 29) id += letters[Math.floor(random() * letters.length)]
  return id
}

/** The calls of tools that a conversation leads to; none when it is answered in words. */
export const callsFor = (chat: Chat, random: Random): SimulatedCall[] =>
  wanted(chat, random).map((tool) => ({
    id: newCallId(random),
    name: tool.name,
    arguments: tool.custom
      ? proseFor(chat, random)
      : JSON.stringify(valueFor({ type: 'object', ...tool.parameters }, random)),
    custom: tool.custom !== undefined,
  }))
