import type { Message, Part } from '../core/request.ts'
import type { Said, SaidAnswer } from '../core/said.ts'

/** So many characters of what was asked are in a span: the last ones, since what is asked now stands at the end. */
const mostCharacters = 64 * 1024

/** A message, or a part of one, as the conventions write it. */
type Written = Readonly<Record<string, unknown>>

/**
 * What was said in a conversation, as the conventions for generative AI have it in attributes: JSON, since not every
 * collector takes more. Attachments are named, and their bytes left out. `mask` takes secrets out of any text.
 */
export const contentOf = (said: Said, mask: (text: string) => string): Record<string, string | boolean> => {
  const room = new Room()
  const asked = said.asked.toReversed().flatMap((message) => askedMessage(message, room))
  const told = said.answers.filter((answer) => answer !== undefined).map(toldMessage)
  return {
    'gen_ai.input.messages': mask(JSON.stringify(asked.reverse())),
    ...(told.length > 0 && { 'gen_ai.output.messages': mask(JSON.stringify(told)) }),
    ...((said.isCut || room.isCut) && { 'tollgate.content.cut': true }),
  }
}

class Room {
  isCut = false
  #left = mostCharacters

  take(text: string): string {
    const kept = text.length > this.#left ? text.slice(0, this.#left) : text
    this.isCut ||= kept.length < text.length
    this.#left -= kept.length
    return kept
  }

  get isFull(): boolean {
    return this.#left <= 0
  }
}

const askedMessage = ({ role, name, parts }: Message, room: Room): Written[] => {
  if (room.isFull) {
    room.isCut = true
    return []
  }
  return [{ role, ...(name !== undefined && { name }), parts: parts.map((part) => askedPart(part, room)) }]
}

const askedPart = (part: Part, room: Room): Written => {
  switch (part.kind) {
    case 'text':
      return { type: 'text', content: room.take(part.text) }
    case 'refusal':
      return { type: 'refusal', content: room.take(part.text) }
    case 'reasoning':
      return { type: 'reasoning', content: room.take(part.text) }
    case 'tool_call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: read(room.take(part.arguments)) }
    case 'tool_result':
      return { type: 'tool_call_response', id: part.id, response: part.parts.map((inner) => askedPart(inner, room)) }
    case 'image':
    case 'file':
    case 'audio': {
      const { source } = part
      return {
        type: part.kind,
        mime_type: source.mediaType ?? null,
        ...(source.kind === 'url' && { uri: room.take(source.url) }),
        ...(source.kind === 'id' && { file_id: source.id }),
      }
    }
    case 'opaque':
      return { type: 'opaque' }
  }
}

const toldMessage = ({ text, refusal, reasoning, calls, finish }: SaidAnswer): Written => ({
  role: 'assistant',
  parts: [
    ...(reasoning === '' ? [] : [{ type: 'reasoning', content: reasoning }]),
    ...(text === '' ? [] : [{ type: 'text', content: text }]),
    ...(refusal === '' ? [] : [{ type: 'refusal', content: refusal }]),
    ...calls.map((call) => ({
      type: 'tool_call',
      id: call.id ?? null,
      name: call.name,
      arguments: read(call.arguments),
    })),
  ],
  finish_reason: finish === undefined ? 'error' : (finishNames[finish] ?? finish),
})

/** Where the conventions have another word. */
const finishNames: Readonly<Record<string, string>> = { tool_calls: 'tool_call', stop_sequence: 'stop' }

/** Arguments as JSON where they are whole; else the text that came. */
const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
