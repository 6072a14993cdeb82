import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { readEvents, type SseEvent } from '../sse.ts'
import { malformed } from './blocks.ts'
import { Choices, pushUsage } from './choices.ts'
import { readFailure } from './failure.ts'

const end: Delta = { kind: 'end' }

const parse = (data: string): JsonObject => {
  let chunk: unknown
  try {
    chunk = JSON.parse(data)
  } catch {
    throw malformed('an event is not JSON')
  }
  if (!isObject(chunk)) throw malformed('an event is not an object')
  return chunk
}

const readChunk = (chunk: JsonObject, answer: Choices, deltas: Delta[]): void => {
  answer.start(chunk, deltas)
  const { choices } = chunk
  if (Array.isArray(choices)) {
    for (const choice of choices) {
      if (!isObject(choice)) throw malformed('a choice is not an object')
      answer.read(choice, choice.delta ?? choice.message, deltas)
      // Moonshot tells usage inside the choice that ends.
      if (isObject(choice.usage)) pushUsage(choice, deltas)
    }
  }
  pushUsage(chunk, deltas)
}

const readEvent = ({ event, data }: SseEvent, answer: Choices, deltas: Delta[]): void => {
  if (data.startsWith('[DONE]')) {
    deltas.push(end)
    return
  }
  if (data === '') return
  const chunk = parse(data)
  const failure = readFailure(chunk, event === 'error')
  if (failure) deltas.push({ kind: 'failure', error: failure })
  else readChunk(chunk, answer, deltas)
}

/** Reads the events of one stream, all of them or only those that matter. */
export const eventsReader = (): Reader => {
  const answer = new Choices()
  return (bytes) => {
    const deltas: Delta[] = []
    for (const event of readEvents(bytes)) readEvent(event, answer, deltas)
    return deltas
  }
}
