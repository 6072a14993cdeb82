import { buffer } from 'node:stream/consumers'
import { GatewayError } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/parse-json.ts'
import type { FileStore, StoredFile } from '../stores/file-store.ts'
import { jsonLimitsOf } from './json-limits.ts'
import type { InferenceDoor } from './routes.ts'

/** A place in a body that names a file, and how its bytes are written there instead. */
interface Reference {
  readonly id: string
  inline(file: StoredFile, bytes: Buffer): void
}

/** Of a body that was read for this alone, so that it may be changed. */
type Part = Record<string, JsonValue>

const ourId = /^file-[\da-v]{24}$/
const mark = Buffer.from('"file-')

const isOurs = (value: unknown): value is string => typeof value === 'string' && ourId.test(value)

const dataUrl = ({ contentType }: StoredFile, bytes: Buffer): string =>
  `data:${contentType};base64,${bytes.toString('base64')}`

/** OpenAI's chat: `{ type: 'file', file: { file_id } }`. */
const inChat = (part: Part): Reference | undefined => {
  const { file } = part
  if (part.type !== 'file' || !isObject(file) || !isOurs(file.file_id)) return undefined
  return {
    id: file.file_id,
    inline: (stored, bytes) => {
      part.file = { filename: stored.name, file_data: dataUrl(stored, bytes) }
    },
  }
}

/** OpenAI's Responses: `input_file` and `input_image` with a `file_id`. */
const inResponses = (part: Part): Reference | undefined => {
  const { type, file_id: id } = part
  if ((type !== 'input_file' && type !== 'input_image') || !isOurs(id)) return undefined
  return {
    id,
    inline: (stored, bytes) => {
      delete part.file_id
      const data = dataUrl(stored, bytes)
      Object.assign(part, type === 'input_image' ? { image_url: data } : { filename: stored.name, file_data: data })
    },
  }
}

/** Anthropic's: `source: { type: 'file', file_id }`. */
const inMessages = (part: Part): Reference | undefined => {
  const { source } = part
  if (!isObject(source) || source.type !== 'file' || !isOurs(source.file_id)) return undefined
  return {
    id: source.file_id,
    inline: ({ contentType: media_type }, bytes) => {
      part.source =
        media_type === 'text/plain'
          ? { type: 'text', media_type, data: bytes.toString() }
          : { type: 'base64', media_type, data: bytes.toString('base64') }
    },
  }
}

function* referencesIn(value: unknown): Generator<Reference> {
  if (Array.isArray(value)) for (const each of value) yield* referencesIn(each)
  if (!isObject(value)) return
  const part = value as Part
  const found = inChat(part) ?? inResponses(part) ?? inMessages(part)
  if (found) yield found
  for (const name in value) yield* referencesIn(value[name])
}

interface Resolving {
  readonly owner: string
  readonly files: FileStore
}

/** Those of the owner; what is not ours may be the provider's own, and stays as it is. */
const resolved = async (body: JsonObject, { owner, files }: Resolving) => {
  const found: { readonly reference: Reference; readonly file: StoredFile }[] = []
  for (const reference of referencesIn(body)) {
    const file = await files.find(reference.id, owner)
    if (file && file.purpose !== 'job') found.push({ reference, file })
  }
  return found
}

const read = (door: InferenceDoor, bytes: Buffer): JsonObject | undefined =>
  bytes.includes(mark) ? parseJson(bytes, jsonLimitsOf(door.operation)) : undefined

/** Refuses a body that would be too large with its owner's files in it. Throws `too_large`. */
export const checkReferences = async (
  door: InferenceDoor,
  bytes: Buffer,
  { most, ...resolving }: Resolving & { readonly most: number },
): Promise<void> => {
  const body = read(door, bytes)
  if (!body) return
  let size = bytes.length
  for (const { file } of await resolved(body, resolving)) size += Math.ceil(file.size / 3) * 4
  if (size > most)
    throw new GatewayError(
      'too_large',
      `With its files in it the body is larger than ${most} bytes, the limit of this server.`,
    )
}

/** A body with the files of its owner in it, in place of their names. */
export const withFiles = async (door: InferenceDoor, bytes: Buffer, resolving: Resolving): Promise<Buffer> => {
  const body = read(door, bytes)
  const found = body ? await resolved(body, resolving) : []
  if (found.length === 0) return bytes
  for (const { reference, file } of found) reference.inline(file, await buffer(await resolving.files.read(file.id)))
  return Buffer.from(JSON.stringify(body))
}
