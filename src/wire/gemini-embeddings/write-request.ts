import { GatewayError, incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'

/** A model is named in the body as well; there it must be the one of the path. */
const withModel = (asked: JsonValue, { model }: Target): JsonValue =>
  isObject(asked) && asked.model !== undefined ? { ...asked, model: `models/${model}` } : asked

const passOn = (body: JsonObject, target: Target): JsonValue =>
  Array.isArray(body.requests)
    ? { ...body, requests: body.requests.map((asked: JsonValue) => withModel(asked, target)) }
    : withModel(body, target)

const fromWords = ({ embed, untranslatable }: Request, target: Target): readonly JsonObject[] => {
  if (!embed) throw new GatewayError('internal', 'A request for vectors has no inputs.')
  if (untranslatable[0] !== undefined) throw incapable(untranslatable[0], target.id)
  return embed.inputs.map((input) => {
    if (input.kind === 'tokens') throw incapable('input as tokens', target.id)
    return {
      model: `models/${target.model}`,
      content: { parts: [{ text: input.text }] },
      taskType: embed.task,
      title: embed.title,
      outputDimensionality: embed.dimensions,
    }
  })
}

/** The writer of bodies for one thing or for several. Throws `incapable` for what the language cannot say. */
export const requestWriter =
  (wire: string, form: 'one' | 'several') =>
  (request: Request, target: Target): string => {
    if (request.wire === wire && request.body) return JSON.stringify(passOn(request.body, target))
    const requests = fromWords(request, target)
    if (form === 'several') return JSON.stringify({ requests })
    if (requests.length > 1) throw incapable('more than one input', target.id)
    return JSON.stringify(requests[0])
  }
