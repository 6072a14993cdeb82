import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { failureOf } from '../openai/failure.ts'
import { readEvents } from '../sse.ts'
import { garbled } from './garbled.ts'
import { Reading } from './reading.ts'

type EventReader = (event: JsonObject, reading: Reading, deltas: Delta[]) => void

const placeOf = (value: JsonValue | undefined): number => {
  if (value === undefined || value === null) return 0
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw garbled('an event has no index')
  return value as number
}

const at = (event: JsonObject): number => placeOf(event.output_index)
const contentOf = (event: JsonObject): number => placeOf(event.content_index)
const pieceOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

const objectIn = (event: JsonObject, field: 'response' | 'item'): JsonObject => {
  const value = event[field]
  if (!isObject(value)) throw garbled(`an event has no ${field}`)
  return value
}

const start: EventReader = (event, reading, deltas) => reading.start(objectIn(event, 'response'), deltas)

const finish: EventReader = (event, reading, deltas) => {
  reading.finish(objectIn(event, 'response'), deltas)
  if (deltas.at(-1)?.kind === 'finish') deltas.push({ kind: 'end' })
}

const fail: EventReader = (event, reading, deltas) =>
  reading.finish({ ...objectIn(event, 'response'), status: 'failed' }, deltas)

/** The documentation has the words beside the type, the service sends them in an object. */
const error: EventReader = (event, _reading, deltas) => {
  deltas.push({ kind: 'failure', error: failureOf(isObject(event.error) ? event.error : event) })
}

const begin: EventReader = (event, { items }, deltas) => items.begin(at(event), objectIn(event, 'item'), deltas)
const settle: EventReader = (event, { items }, deltas) => items.settle(at(event), objectIn(event, 'item'), deltas)

const text: EventReader = (event, { items }, deltas) => {
  items.text(at(event), contentOf(event), pieceOf(event.delta), deltas)
  items.probabilities(at(event), contentOf(event), event.logprobs, deltas)
}

const refusal: EventReader = (event, { items }, deltas) =>
  items.refuse(at(event), contentOf(event), pieceOf(event.delta), deltas)

const annotation: EventReader = (event, { items }, deltas) => {
  if (isObject(event.annotation)) items.cite(at(event), contentOf(event), event.annotation, deltas)
}

const summary: EventReader = (event, { items }, deltas) =>
  items.think(at(event), `summary ${placeOf(event.summary_index)}`, pieceOf(event.delta), deltas)

const thinking: EventReader = (event, { items }, deltas) =>
  items.think(at(event), `text ${contentOf(event)}`, pieceOf(event.delta), deltas)

const callPiece: EventReader = (event, { items }, deltas) =>
  items.input(at(event), 'function_call', pieceOf(event.delta), deltas)
const wholeCall: EventReader = (event, { items }, deltas) =>
  items.wholeInput(at(event), 'function_call', pieceOf(event.arguments), deltas)
const customPiece: EventReader = (event, { items }, deltas) =>
  items.input(at(event), 'custom_tool_call', pieceOf(event.delta), deltas)
const wholeCustom: EventReader = (event, { items }, deltas) =>
  items.wholeInput(at(event), 'custom_tool_call', pieceOf(event.input), deltas)

/**
 * The events that say something. What else there is repeats them, tells how far a tool of the provider is, or belongs to
 * items that are told when they are whole.
 */
const readers: ReadonlyMap<JsonValue | undefined, EventReader> = new Map([
  ['response.created', start],
  ['response.queued', start],
  ['response.in_progress', start],
  ['response.output_item.added', begin],
  ['response.output_item.done', settle],
  ['response.output_text.delta', text],
  ['response.output_text.annotation.added', annotation],
  ['response.refusal.delta', refusal],
  ['response.reasoning_summary_text.delta', summary],
  ['response.reasoning_text.delta', thinking],
  ['response.function_call_arguments.delta', callPiece],
  ['response.function_call_arguments.done', wholeCall],
  ['response.custom_tool_call_input.delta', customPiece],
  ['response.custom_tool_call_input.done', wholeCustom],
  ['response.completed', finish],
  ['response.incomplete', finish],
  ['response.failed', fail],
  ['response.cancelled', fail],
  ['error', error],
])

const parse = (data: string): JsonObject => {
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    throw garbled('an event is not JSON')
  }
  if (!isObject(event)) throw garbled('an event is no object')
  return event
}

/** Reads the events of a response. */
export const eventsReader = (): Reader => {
  const reading = new Reading()
  return (bytes) => {
    const deltas: Delta[] = []
    for (const { event: name, data } of readEvents(bytes)) {
      // Some compatible servers end their streams as the older language does.
      if (data === '[DONE]') continue
      const event = parse(data)
      const untyped = typeof event.type !== 'string' && isObject(event.error)
      const read = readers.get(event.type) ?? (name === 'error' || untyped ? error : undefined)
      read?.(event, reading, deltas)
    }
    return deltas
  }
}
