import type { Chat, Message, Part } from '../core/request.ts'
import { between, pick, type Random } from './simulated-random.ts'
import { endings, openings, predicates, subjects } from './simulated-words.ts'

/** Of a question or a result no more is repeated. */
const mostRepeated = 160

/** All text of parts, results of tools included. */
export const textOf = (parts: readonly Part[]): string => {
  const texts: string[] = []
  for (const part of parts) {
    if (part.kind === 'text') texts.push(part.text)
    else if (part.kind === 'tool_result') texts.push(textOf(part.parts))
  }
  return texts.join(' ')
}

/** What the user said last; empty when nobody said anything. */
export const questionOf = (chat: Chat): string => {
  const asked = chat.messages.findLast(
    ({ role, parts }) => role === 'user' && parts.some(({ kind }) => kind === 'text'),
  )
  return asked ? textOf(asked.parts) : ''
}

const isResult = ({ role, parts }: Message): boolean =>
  role === 'tool' || parts.some(({ kind }) => kind === 'tool_result')

/** What a tool has just told; undefined when the last message is no result. */
export const resultOf = (chat: Chat): string | undefined => {
  const last = chat.messages.at(-1)
  return last && isResult(last) ? textOf(last.parts) : undefined
}

const brief = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line.length <= mostRepeated) return line
  return `${line.slice(0, mostRepeated).toWellFormed()}…`
}

const sentence = (random: Random): string =>
  `${pick(random, openings)} ${pick(random, subjects)} ${pick(random, predicates)}, ${pick(random, endings)}`

const sentences = (random: Random, count: number): string =>
  Array.from({ length: count }, () => sentence(random)).join(' ')

const kinds = { image: 'image', file: 'file', audio: 'recording' } as const

/** Says which images, files and recordings came with the conversation. */
const attachmentsOf = (chat: Chat): string => {
  const counts = { image: 0, file: 0, audio: 0 }
  for (const { parts } of chat.messages) {
    for (const { kind } of parts) if (kind === 'image' || kind === 'file' || kind === 'audio') counts[kind]++
  }
  const named = Object.entries(kinds).flatMap(([kind, name]) => {
    const count = counts[kind as keyof typeof kinds]
    return count === 0 ? [] : [`${count} ${name}${count === 1 ? '' : 's'}`]
  })
  return named.length === 0 ? '' : `With it came ${named.join(' and ')}. `
}

/** A paragraph that repeats what was asked, or what a tool has told, and goes on about it. */
export const proseFor = (chat: Chat, random: Random): string => {
  const result = resultOf(chat)
  const question = brief(questionOf(chat))
  const beginning =
    result !== undefined
      ? `The tool answered: ${brief(result) || 'nothing'}. `
      : question === ''
        ? 'Nothing was asked. '
        : `You asked: “${question}” `
  return `${beginning}${attachmentsOf(chat)}${sentences(random, between(random, 3, 6))}`
}

/** What is thought before an answer; longer with more effort. */
export const thoughtFor = (chat: Chat, random: Random): string => {
  const lengths = { none: 1, minimal: 1, low: 2, medium: 3, high: 5, xhigh: 7, max: 9 }
  const question = brief(questionOf(chat))
  return `The question is “${question}”. ${sentences(random, lengths[chat.reasoning?.effort ?? 'medium'])}`
}
