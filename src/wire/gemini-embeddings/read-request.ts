import type { Embed } from '../../core/embed.ts'
import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import { noChat, type Request } from '../../core/request.ts'
import type { Door } from '../wire.ts'
import { saysMore } from './held.ts'

const mostInputs = 2_048
const mostDimensions = 65_536

/** What one request asks for, and what of it has no neutral word. */
interface Asked {
  readonly text: string
  readonly task: string | undefined
  readonly title: string | undefined
  readonly dimensions: number | undefined
}

interface Reading {
  readonly untranslatable: string[]
  unsized: string | undefined
}

const known: ReadonlySet<string> = new Set(['model', 'content', 'taskType', 'title', 'outputDimensionality'])

/** Google takes both spellings of a field. */
const spellings: Readonly<Record<string, string>> = {
  task_type: 'taskType',
  output_dimensionality: 'outputDimensionality',
}

const join = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`)

const fieldsOf = (value: JsonValue | undefined, path: string): JsonObject => {
  if (!isObject(value)) throw invalid(path, 'must be an object.')
  const fields: Record<string, JsonValue | undefined> = {}
  for (const key in value) {
    const name = Object.hasOwn(spellings, key) ? (spellings[key] as string) : key
    if (fields[name] !== undefined) throw invalid(join(path, key), `is the same field as ${name}.`)
    fields[name] = value[key]
  }
  return fields
}

const isUnsaid = (value: JsonValue | undefined): value is undefined | null => value === undefined || value === null

const textOr = (value: JsonValue | undefined, path: string): string | undefined => {
  if (isUnsaid(value)) return undefined
  if (typeof value !== 'string') throw invalid(path, 'must be a string.')
  return value
}

const readTask = (value: JsonValue | undefined, path: string): string | undefined => {
  const task = textOr(value, path)
  return task === 'TASK_TYPE_UNSPECIFIED' || task === '' ? undefined : task
}

const readDimensions = (value: JsonValue | undefined, path: string): number | undefined => {
  if (isUnsaid(value)) return undefined
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > mostDimensions)
    throw invalid(path, `must be a whole number from 1 to ${mostDimensions}.`)
  return value as number
}

/** Only one text has a neutral word: other languages embed no pictures, and nothing of several parts. */
const readContent = (value: JsonValue | undefined, path: string, reading: Reading): string => {
  const content = fieldsOf(value, path)
  const { parts } = content
  if (!Array.isArray(parts) || parts.length === 0)
    throw invalid(join(path, 'parts'), 'must be an array that is not empty.')
  const texts = parts.map((part: JsonValue, index) => {
    const at = `${join(path, 'parts')}[${index}]`
    if (!isObject(part)) throw invalid(at, 'must be an object.')
    const { text, ...others } = part
    if (index > 0 || Object.keys(others).length > 0) reading.untranslatable.push(at)
    // Pictures, sound and films have prices of their own.
    if (isUnsaid(text)) reading.unsized ??= at
    return textOr(text, `${at}.text`) ?? ''
  })
  return texts.join('')
}

const readOne = (value: JsonValue | undefined, path: string, reading: Reading): Asked => {
  const fields = fieldsOf(value, path)
  for (const name in fields)
    if (!known.has(name) && !isUnsaid(fields[name])) reading.untranslatable.push(join(path, name))
  return {
    text: readContent(fields.content, join(path, 'content'), reading),
    task: readTask(fields.taskType, join(path, 'taskType')),
    title: textOr(fields.title, join(path, 'title')) || undefined,
    dimensions: readDimensions(fields.outputDimensionality, join(path, 'outputDimensionality')),
  }
}

const shared: readonly (readonly [keyof Asked, string])[] = [
  ['task', 'taskType'],
  ['title', 'title'],
  ['dimensions', 'outputDimensionality'],
]

/** Each request of a batch may wish something else; only Google understands that. */
const noteDifferences = (all: readonly Asked[], reading: Reading): void => {
  for (const [index, asked] of all.entries()) {
    for (const [field, name] of shared)
      if (asked[field] !== all[0]?.[field]) reading.untranslatable.push(`requests[${index}].${name}`)
  }
}

const readAll = (requests: JsonValue | undefined, reading: Reading): readonly Asked[] => {
  if (!Array.isArray(requests) || requests.length === 0)
    throw invalid('requests', 'must be an array that is not empty.')
  if (requests.length > mostInputs) throw invalid('requests', `must not hold more than ${mostInputs} requests.`)
  const all = requests.map((each: JsonValue, index) => readOne(each, `requests[${index}]`, reading))
  noteDifferences(all, reading)
  return all
}

/** The reader of bodies for one thing (`embedContent`) or for several (`batchEmbedContents`). */
export const requestReader =
  (wire: string, form: 'one' | 'several') =>
  (body: JsonObject, door: Door): Request => {
    if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
    for (const field in body) if (overrides.has(field)) throw invalid(field, 'is not accepted from callers.')
    if (door.model === undefined) throw invalid('model', 'must be named by the path.')
    const reading: Reading = { untranslatable: [], unsized: undefined }
    const all = form === 'one' ? [readOne(body, '', reading)] : readAll(body.requests, reading)
    if (form === 'several')
      for (const name in body) if (name !== 'requests' && !isUnsaid(body[name])) reading.untranslatable.push(name)
    const [first] = all
    const embed: Embed = {
      inputs: all.map(({ text }) => ({ kind: 'text', text })),
      dimensions: first?.dimensions,
      task: first?.task,
      title: first?.title,
      unsized: reading.unsized,
    }
    const { untranslatable } = reading
    const { operation, model } = door
    const asked = { operation, wire, model, stream: false, wantsUsage: false, body, chat: noChat, embed }
    return { ...asked, untranslatable, saysMore }
  }
