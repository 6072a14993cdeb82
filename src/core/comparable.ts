import { isOfItsWireAlone } from './asked.ts'
import type { JsonValue } from './json.ts'
import { isObject } from './json.ts'
import type { Chat, Format, Message, Request } from './request.ts'

/** What a schema may hold that only gives the answer its form. */
const usualKeywords: ReadonlySet<string> = new Set([
  ...[
    '$schema',
    'type',
    'title',
    'description',
    'properties',
    'required',
    'additionalProperties',
    'items',
    'enum',
    'const',
  ],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'format', 'anyOf', 'default', 'examples'],
])

const isUsual = (schema: JsonValue | undefined): boolean => {
  if (!isObject(schema)) return typeof schema === 'boolean'
  for (const keyword in schema) if (!usualKeywords.has(keyword)) return false
  const { properties = {}, items, anyOf = [], additionalProperties } = schema
  return (
    isObject(properties) &&
    Object.values(properties).every(isUsual) &&
    (items === undefined || isUsual(items)) &&
    (additionalProperties === undefined || isUsual(additionalProperties)) &&
    Array.isArray(anyOf) &&
    (anyOf as readonly JsonValue[]).every(isUsual)
  )
}

const isUsualFormat = (format: Format | undefined): boolean => format?.kind !== 'schema' || isUsual(format.schema)

/** What was said and thought; not what was shown, called or found. */
const isSpoken = ({ role, parts }: Message): boolean =>
  role !== 'tool' && parts.every(({ kind }) => kind === 'text' || kind === 'refusal' || kind === 'reasoning')

const isPlain = ({
  tools,
  toolChoice,
  choices = 1,
  logProbs,
  modalities,
  audio,
  store,
  format,
  messages,
}: Chat): boolean =>
  tools.length === 0 &&
  toolChoice === undefined &&
  choices === 1 &&
  logProbs === undefined &&
  (modalities ?? []).every((kind) => kind === 'text') &&
  audio === undefined &&
  store !== true &&
  isUsualFormat(format) &&
  messages.every(isSpoken)

/** The words by which a question may be compared with others: those of a user who said nothing but them, at the end of plain talk. */
export const wordsToCompare = (request: Request): string | undefined => {
  const { operation, chat } = request
  if (operation !== 'chat' || isOfItsWireAlone(request) || !isPlain(chat)) return undefined
  const last = chat.messages.at(-1)
  const [part, ...more] = last?.parts ?? []
  if (last?.role !== 'user' || part?.kind !== 'text' || more.length > 0 || part.text.trim() === '') return undefined
  return part.text
}
