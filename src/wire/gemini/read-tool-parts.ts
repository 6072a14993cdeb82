import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Part, ToolCallPart, ToolResultPart } from '../../core/request.ts'
import { nameAt, optionalText } from '../checks.ts'
import { fieldsOf, isUnsaid, listOf, noteOthers, objectOf, type Reading } from './fields.ts'
import { readInlineData } from './read-media.ts'
import { inventedId } from './tool-ids.ts'

interface OpenCall {
  readonly id: string
  readonly name: string
}

/** Calls of tools in a conversation, so that results without an id find theirs: by name, in their order. */
export class CallBook {
  #calls = 0
  #open: OpenCall[] = []

  /** The id of a call: its own, or an invented one. */
  call(id: string | undefined, name: string): string {
    const known = id ?? inventedId('call', this.#calls)
    this.#calls++
    this.#open.push({ id: known, name })
    return known
  }

  /** The id of the call that a result answers; undefined when there is none. */
  answer(id: string | undefined, name: string): string | undefined {
    const at = this.#open.findIndex((call) => (id === undefined ? call.name === name : call.id === id))
    if (at === -1) return id
    const [answered] = this.#open.splice(at, 1)
    return answered?.id
  }
}

const callFields: ReadonlySet<string> = new Set(['id', 'name', 'args'])

/** `functionCall`. Its arguments are written only if somebody looks: a long history that passes untouched would pay for all. */
export const readFunctionCall = (part: JsonObject, path: string, at: PartPlace): ToolCallPart => {
  const where = `${path}.functionCall`
  const call = fieldsOf(part.functionCall ?? null, where)
  noteOthers(call, callFields, where, at.reading)
  const name = nameAt(call, 'name', where)
  const given = isUnsaid(call.args) ? {} : objectOf(call.args, `${where}.args`)
  let written: string | undefined
  return {
    kind: 'tool_call',
    id: at.calls.call(optionalText(call, 'id', where) || undefined, name),
    name,
    get arguments() {
      written ??= JSON.stringify(given)
      return written
    },
  }
}

/** Where parts are read. */
export interface PartPlace {
  readonly reading: Reading
  readonly calls: CallBook
}

const textual = (response: JsonObject, key: string): string | undefined => {
  const [only, ...more] = Object.keys(response)
  const value: JsonValue | undefined = response[key]
  return only === key && more.length === 0 && typeof value === 'string' ? value : undefined
}

const responseFields: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts'])

const readMedia = (value: JsonValue, path: string, { reading }: PartPlace): Part[] =>
  listOf(value, path).flatMap((inner, index) => {
    const where = `${path}.${index}`
    const fields = fieldsOf(inner, where)
    const media = fields.inlineData === undefined ? undefined : readInlineData(fields, where)
    if (media) return [media]
    reading.untranslatable.push(where)
    return []
  })

/** `functionResponse`: a text under `output` or `error`, or an object, which is told as JSON. */
export const readFunctionResponse = (part: JsonObject, path: string, at: PartPlace): ToolResultPart => {
  const where = `${path}.functionResponse`
  const given = fieldsOf(part.functionResponse ?? null, where)
  noteOthers(given, responseFields, where, at.reading)
  const name = nameAt(given, 'name', where)
  const id = at.calls.answer(optionalText(given, 'id', where) || undefined, name)
  // Without its call nobody else knows what it answers.
  if (id === undefined) at.reading.untranslatable.push(where)
  const response = isUnsaid(given.response) ? {} : objectOf(given.response, `${where}.response`)
  const failed = textual(response, 'error')
  const said = failed ?? textual(response, 'output') ?? JSON.stringify(response)
  const media = isUnsaid(given.parts) ? [] : readMedia(given.parts, `${where}.parts`, at)
  return {
    kind: 'tool_result',
    id: id ?? name,
    parts: [{ kind: 'text', text: said }, ...media],
    isError: failed === undefined ? undefined : true,
  }
}
