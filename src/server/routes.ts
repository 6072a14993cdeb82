import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import type { RawOperation } from '../core/raw.ts'
import type { Operation } from '../core/request.ts'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../wire/bedrock-converse/index.ts'
import { gemini } from '../wire/gemini/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { openaiEmbeddings } from '../wire/openai-embeddings/index.ts'
import { openaiResponses } from '../wire/openai-responses/index.ts'
import type { Wire } from '../wire/wire.ts'
import type { Access, AdminDoor, InferenceDoor, Kept, KeptDoor, PageDoor, RawDoor, ServerDoor } from './door-kinds.ts'
import { checkStreamForm, modelIn, modelPaths, readModelPath } from './model-paths.ts'
import { passthroughPrefix } from './passthrough.ts'

export type { InferenceDoor, KeptDoor, PageDoor, RawDoor, ServerDoor }

const inference = (path: string, wire: Wire, operation: Operation): InferenceDoor => ({
  path,
  kind: 'inference',
  method: 'POST',
  access: 'caller',
  wire,
  operation,
})

const raw = (path: string, operation: RawOperation): RawDoor => ({
  path,
  kind: 'raw',
  method: 'POST',
  access: 'caller',
  operation,
})

const kept = <Kind extends KeptDoor['kind']>(path: string, kind: Kind): Kept<Kind> => ({
  path,
  kind,
  method: undefined,
  access: 'caller',
})

const page = (path: string, name: PageDoor['page'], access: Access): PageDoor => ({
  path,
  kind: 'page',
  method: 'GET',
  access,
  page: name,
})

/** Every door of the server by its path. What is not here does not exist; a new one must say who may use it. */
export const doors: ReadonlyMap<string, ServerDoor> = new Map(
  [
    inference('/v1/chat/completions', openaiChat, 'chat'),
    inference('/v1/responses', openaiResponses, 'chat'),
    inference('/v1/messages', anthropicMessages, 'chat'),
    inference('/v1/messages/count_tokens', anthropicMessages, 'count_tokens'),
    inference('/v1/embeddings', openaiEmbeddings, 'embed'),
    raw('/v1/images/generations', 'image'),
    raw('/v1/images/edits', 'image_edit'),
    raw('/v1/audio/speech', 'speech'),
    raw('/v1/audio/transcriptions', 'transcription'),
    raw('/v1/audio/translations', 'translation'),
    raw('/v1/moderations', 'moderation'),
    raw('/v1/rerank', 'rerank'),
    { ...raw('/passthrough', 'passthrough'), method: undefined },
    kept('/v1/jobs', 'jobs'),
    kept('/v1/files', 'files'),
    kept('/v1/feedback', 'feedback'),
    kept('/v1/webhooks/secret', 'webhooks'),
    page('/v1/models', 'models', 'caller'),
    page('/v1beta/models', 'models', 'caller'),
    page('/healthz', 'health', 'open'),
    page('/readyz', 'ready', 'open'),
    page('/metrics', 'metrics', 'operator'),
  ].map((door) => [door.path, door]),
)

/** Belongs to the list: whoever may not see that, sees no single one either. */
const oneModel = (list: string): PageDoor => page(list, 'model', 'caller')
const modelPath = /^(\/v1(?:beta)?\/models)\/(.+)$/
const administration: AdminDoor = { kind: 'admin', access: 'operator' }
const adminPrefix = '/admin/'

/** A door and, where its path names one, a model. */
export interface Found {
  readonly door: ServerDoor | AdminDoor
  readonly model: string
}

const passedMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

const takes = (wanted: ServerDoor['method'], method: string): boolean =>
  wanted === undefined ? passedMethods.has(method) : method === wanted || (wanted === 'GET' && method === 'HEAD')

/**
 * Which door a path leads to. Compared as it was sent: nothing is decoded or cleaned up. `target`: the same
 * with its query. Throws `not_found`, `method_not_allowed`.
 */
export const findDoor = (method: string, path: string, target = path): Found => {
  const found = lookUp(path)
  if (!found) throw nothingAt(path)
  if (found.door.kind === 'admin') return found
  const wanted = found.door.method
  if (!takes(wanted, method)) {
    // A name may have a colon; whoever posts to it means a word behind it that is not there.
    if (method === 'POST' && /:[A-Za-z]+$/.test(path)) throw nothingAt(path)
    throw notTaken(wanted === undefined ? [...passedMethods] : [wanted])
  }
  if (found.door.kind === 'inference' && found.door.wire === gemini)
    checkStreamForm({ stream: found.door.stream === true }, target)
  return found
}

/** A caller whose key is good for this door. Throws `forbidden` for keys that are good for others only. */
export const throughDoor = (caller: Caller, { path }: ServerDoor): Caller => {
  if (caller.doors === undefined || caller.doors.includes(path)) return caller
  throw new GatewayError(
    'forbidden',
    `This key is not good for ${path}, only for ${caller.doors.join(', ') || 'no door'}.`,
  )
}

/** The refusal of a method that means nothing at a path. */
export const notTaken = (methods: readonly string[]): GatewayError =>
  new GatewayError('method_not_allowed', `Use ${methods.join(', ')} here.`)

/** The refusal of a path that leads nowhere. */
export const nothingAt = (path: string): GatewayError =>
  new GatewayError(
    'not_found',
    `There is nothing at ${path.slice(0, 200)}. The doors are ${[...doors.keys(), ...modelPaths].join(', ')}.`,
  )

const lookUp = (path: string): Found | undefined => {
  const door = doors.get(path)
  if (door) return { door, model: '' }
  const passed = path.startsWith(passthroughPrefix) ? doors.get('/passthrough') : undefined
  if (passed) return { door: passed, model: '' }
  const things = doors.get(/^\/v1\/(?:jobs|files)(?=\/)/.exec(path)?.[0] ?? '')
  if (things) return { door: things, model: '' }
  if (path === '/admin' || path.startsWith(adminPrefix)) return { door: administration, model: '' }
  const asked = readModelPath(path)
  if (asked) {
    const { wire, operation, model, stream } = asked
    return { door: { ...inference(asked.path, wire, operation), model, stream }, model }
  }
  const [, list, name] = modelPath.exec(path) ?? []
  const model = modelIn(name ?? '')
  return list === undefined || model === undefined ? undefined : { door: oneModel(list), model }
}

/** Does somebody speak Google's language, by the path or by what its clients send? */
const isGoogle = (path: string, headers: Readonly<Record<string, unknown>>): boolean =>
  path.startsWith('/v1beta/') || headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined

/** The language in which somebody at no door is told so. */
export const wireOfStranger = (path: string, headers: Readonly<Record<string, unknown>>): Wire => {
  if (isGoogle(path, headers)) return gemini
  if (path.startsWith('/model/')) return bedrockConverse
  return path.startsWith('/v1/messages') || headers['anthropic-version'] !== undefined ? anthropicMessages : openaiChat
}
