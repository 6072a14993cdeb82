import type { Reader } from '../../core/chunk.ts'
import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { readEvents, sse } from '../sse.ts'
import { Members } from './members.ts'
import { usageFrom } from './usage.ts'

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Where the usage stands in an object: a whole answer, or an event of a stream. */
const usageIn = (given: JsonObject): JsonObject | undefined => {
  const inside = (value: JsonValue | undefined, field: string): JsonValue | undefined =>
    isObject(value) ? value[field] : undefined
  const places = [
    given.usage,
    given.usageMetadata,
    inside(given.message, 'usage'),
    inside(given.response, 'usage'),
    inside(given.x_groq, 'usage'),
    // Cohere's rankings: what was billed stands beside what was read.
    inside(given.meta, 'tokens'),
  ]
  return places.find(isObject)
}

/** Figures of one answer: later ones complete or replace earlier ones, as Anthropic tells them in two events. */
class Figures {
  #given: JsonObject = {}
  #tier: string | undefined

  see(object: JsonObject): Delta[] {
    const tier = object.service_tier ?? (isObject(object.usage) ? object.usage.service_tier : undefined)
    if (typeof tier === 'string') this.#tier = tier
    const found = usageIn(object)
    if (!found && this.#tier === undefined) return []
    this.#given = { ...this.#given, ...found }
    const usage: Usage | undefined = usageFrom(this.#given)
    return usage ? [{ kind: 'usage', usage: { ...usage, serviceTier: this.#tier } }] : []
  }
}

const inWhole = (): Reader => {
  const members = new Members()
  const figures = new Figures()
  return (bytes) => members.push(asBuffer(bytes)).flatMap((member) => figures.see(member))
}

/** A longer event is not waited for: its usage is not known then. */
const longestEvent = 8 * 1024 * 1024

const inEvents = (): Reader => {
  const splitter = sse.splitter()
  const figures = new Figures()
  let gaveUp = false
  return (bytes) => {
    if (gaveUp) return []
    const piece = splitter.push(asBuffer(bytes))
    gaveUp = splitter.waiting > longestEvent
    if (!piece?.includes('"usage') && !piece?.includes('_tier"')) return []
    return readEvents(piece).flatMap(({ data }) => {
      const object = objectIn(data)
      return object ? figures.see(object) : []
    })
  }
}

const objectIn = (data: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(data)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Reads nothing but the usage out of an answer of this content type; undefined where none can be told. */
export const usageReader = (contentType: string): Reader | undefined => {
  if (/^application\/(.+\+)?json\b/i.test(contentType)) return inWhole()
  return /^text\/event-stream\b/i.test(contentType) ? inEvents() : undefined
}
