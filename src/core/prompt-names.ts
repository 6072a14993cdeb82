import { createHmac } from 'node:crypto'
import type { Message, Request } from './request.ts'

/** Names the instructions of a question; undefined: it has none. */
export type PromptNames = (request: Request) => string | undefined

interface Named {
  readonly text: string
  readonly tools: number
  readonly name: string
}

/** So much of the instructions is looked at. */
const mostCharacters = 4_096
const mostRemembered = 16
const digestLetters = 16

/**
 * Names the system prompt and the tools of chats, by a digest that tells nothing of them without the secret. Questions of
 * one template have one name. Those asked last are compared as texts, since hashing costs more than all the rest.
 */
export const promptNames = (secret: Uint8Array): PromptNames => {
  const key = createHmac('sha256', secret).update('tollgate names of prompts').digest()
  const recent: Named[] = []
  let turn = 0
  return ({ operation, chat }) => {
    if (operation !== 'chat') return undefined
    const text = textOf(chat.messages)
    const tools = chat.tools.length
    if (text === '' && tools === 0) return undefined
    const whole = tools === 0 ? text : `${text}\n${chat.tools.map(({ name }) => name).join('\n')}`
    for (const each of recent) if (each.tools === tools && each.text === whole) return each.name
    const name = createHmac('sha256', key).update(`${tools} ${whole}`).digest('base64url').slice(0, digestLetters)
    recent[turn++ % mostRemembered] = { text: whole, tools, name }
    return name
  }
}

/** What is said before the conversation begins. */
const textOf = (messages: readonly Message[]): string => {
  let text = ''
  for (const { role, parts } of messages) {
    if (role !== 'system' && role !== 'developer') break
    for (const part of parts) if (part.kind === 'text') text += part.text
    if (text.length >= mostCharacters) return text.slice(0, mostCharacters)
  }
  return text
}
