import type { EmbedInput } from '../../core/embed.ts'
import { GatewayError, incapable } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { wireName } from './name.ts'

type Body = Record<string, JsonValue | undefined>

const inputOf = (input: EmbedInput): JsonValue => (input.kind === 'text' ? input.text : input.tokens)

const fromWords = ({ embed, chat, untranslatable }: Request, target: Target): Body => {
  if (!embed) throw new GatewayError('internal', 'A request for vectors has no inputs.')
  if (untranslatable[0] !== undefined) throw incapable(untranslatable[0], target.id)
  if (embed.task !== undefined) throw incapable('taskType', target.id)
  if (embed.title !== undefined) throw incapable('title', target.id)
  const [first, ...more] = embed.inputs
  return {
    model: target.model,
    input: first && more.length === 0 ? inputOf(first) : embed.inputs.map(inputOf),
    encoding_format: embed.encoding,
    dimensions: embed.dimensions,
    user: chat.user,
  }
}

/** A target that does not take this loses nothing of the question. */
const hints: ReadonlySet<string> = new Set(['user'])

/** The body that asks a target for these vectors. Throws `incapable` for what the language or the target cannot say. */
export const writeRequest = (request: Request, target: Target): string => {
  const own = request.wire === wireName ? request.body : undefined
  const body: Body = own ? { ...own, model: target.model } : fromWords(request, target)
  for (const field of target.quirks.refuses ?? []) {
    const value = body[field]
    if (value === undefined || value === null) continue
    if (!hints.has(field)) throw incapable(field, target.id)
    body[field] = undefined
  }
  return JSON.stringify(body)
}

/** The same for targets that answer in numbers alone: how the caller wants them is seen to on the way back. */
export const writeWithoutEncoding = (request: Request, target: Target): string => {
  const { encoding_format: _encoding, ...body } = JSON.parse(writeRequest(request, target)) as Body
  return JSON.stringify(body)
}
