import type { CanonicalText } from './canonical-text.ts'
import type { Embed, EmbedInput } from './embed.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Chat, Part, Request } from './request.ts'

/** Turns what somebody said into what it counts as. */
export type Fold = (said: string) => string

/** Which fields make a question what it is. A new one does not compile before it has its place here. */
type Choice<Fields> = { readonly [Field in keyof Required<Fields>]: boolean }

/** The end user, the caller's own notes, and affinity to a provider's prompt cache change no answer. */
const chatFields: Choice<Omit<Chat, 'messages' | 'tools' | 'format'>> = {
  user: false,
  metadata: false,
  cacheKey: false,
  audio: true,
  choices: true,
  frequencyPenalty: true,
  logitBias: true,
  logProbs: true,
  maxOutput: true,
  modalities: true,
  parallelTools: true,
  presencePenalty: true,
  reasoning: true,
  seed: true,
  serviceTier: true,
  stop: true,
  store: true,
  temperature: true,
  toolChoice: true,
  topK: true,
  topP: true,
}

const embedFields: Choice<Omit<Embed, 'inputs'>> = {
  dimensions: true,
  encoding: true,
  task: true,
  title: true,
  unsized: true,
}

const chosen = <Field extends string>(choice: Readonly<Record<Field, boolean>>): readonly Field[] =>
  (Object.keys(choice) as Field[]).filter((field) => choice[field])

const settings = chosen(chatFields)
const vectorSettings = chosen(embedFields)

/** What a body says of these stands elsewhere in neutral words, or changes no answer; each language has its own names. */
const besides: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'user', 'safety_identifier', 'metadata', 'requestMetadata'],
  ...['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
])

/** Marks for a provider's prompt cache change no answer either. */
const marks: ReadonlySet<string> = new Set(['cache'])
const none: ReadonlySet<string> = new Set()

const isOpaque = (part: Part): boolean =>
  part.kind === 'opaque' || (part.kind === 'tool_result' && part.parts.some(isOpaque))

/** Does it hold what only its own language can say? Then nobody who asks in another one asks the same. */
export const isOfItsWireAlone = ({ untranslatable, raw, chat, body, saysMore }: Request): boolean =>
  untranslatable.length > 0 ||
  raw !== undefined ||
  chat.tools.some(({ hosted }) => hosted !== undefined) ||
  chat.messages.some(({ parts }) => parts.some(isOpaque)) ||
  (body !== undefined && saysMore?.(body) === true)

/** Writes what is asked, whoever asks it and in whatever language. */
export const writeRequest = (request: Request, into: CanonicalText, fold: Fold): void => {
  const { operation, model, headers, outputCap, chat, embed } = request
  into.string(operation)
  into.string(model)
  into.value(headers)
  into.value(outputCap)
  writeChat(chat, into, fold)
  if (embed) writeEmbed(embed, into, fold)
  else into.value(undefined)
  if (isOfItsWireAlone(request)) writeOwnWords(request, into)
  else into.value(undefined)
}

/** All of the body: what is known of it is in it once more, and what is not known must not be lost. */
const writeOwnWords = ({ wire, untranslatable, body }: Request, into: CanonicalText): void => {
  into.string(wire)
  into.value(untranslatable)
  if (body) writeFields(body, besides, into, plainField)
  else into.value(undefined)
}

const writeChat = (chat: Chat, into: CanonicalText, fold: Fold): void => {
  into.begin()
  for (const { role, name, parts } of chat.messages) {
    into.string(role)
    into.value(name)
    writeParts(parts, into, fold)
  }
  into.end()
  into.begin()
  for (const tool of chat.tools) writeFields(tool, marks, into, toolField)
  into.end()
  if (chat.format) writeFields(chat.format, none, into, formatField)
  else into.value(undefined)
  for (const field of settings) {
    const value = chat[field]
    if (value === undefined) continue
    into.string(field)
    into.value(value as JsonValue)
  }
  into.end()
}

const writeParts = (parts: readonly Part[], into: CanonicalText, fold: Fold): void => {
  into.begin()
  for (const part of parts) {
    if (part.kind === 'text') into.string(fold(part.text))
    else
      writeFields(part, marks, into, (field, value) => {
        if (field === 'parts') writeParts(value as unknown as readonly Part[], into, fold)
        // The text of a custom tool is for a program, not for a reader.
        else if (field === 'arguments' && !('custom' in part && part.custom)) into.string(fold(value as string))
        else into.value(value)
      })
  }
  into.end()
}

type FieldWriter = (field: string, value: JsonValue, into: CanonicalText) => void

const plainField: FieldWriter = (_field, value, into) => into.value(value)

const toolField: FieldWriter = (field, value, into) => (field === 'parameters' ? into.schema(value) : into.value(value))

const formatField: FieldWriter = (field, value, into) => (field === 'schema' ? into.schema(value) : into.value(value))

/** All fields but these, those of tomorrow too. */
const writeFields = (object: object, left: ReadonlySet<string>, into: CanonicalText, write: FieldWriter): void => {
  into.beginObject()
  for (const field of Object.keys(object).sort()) {
    const value = (object as JsonObject)[field]
    if (value === undefined || left.has(field)) continue
    into.string(field)
    write(field, value, into)
  }
  into.end()
}

const writeEmbed = (embed: Embed, into: CanonicalText, fold: Fold): void => {
  into.begin()
  for (const input of embed.inputs) writeInput(input, into, fold)
  into.end()
  for (const field of vectorSettings) {
    const value = embed[field]
    if (value === undefined) continue
    into.string(field)
    into.value(value)
  }
  into.end()
}

/** Writes one thing that is to become a vector. */
export const writeInput = (input: EmbedInput, into: CanonicalText, fold: Fold): void => {
  if (input.kind === 'text') into.string(fold(input.text))
  else into.value(input.tokens)
}
