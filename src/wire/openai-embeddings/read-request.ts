import type { Embed, EmbedInput } from '../../core/embed.ts'
import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { overrides } from '../../core/overrides.ts'
import { noChat, type Request } from '../../core/request.ts'
import { filledAt, integerAt, maybe, shortened, stringAt, wordAt } from '../openai/fields.ts'
import type { Door } from '../wire.ts'
import { wireName } from './name.ts'

const longestModel = 256
/** OpenAI takes 2,048; others have limits of their own. */
const mostInputs = 2_048
const largestToken = 2 ** 31
const mostDimensions = 65_536

const known: ReadonlySet<string> = new Set(['model', 'input', 'encoding_format', 'dimensions', 'user'])

const readTokens = (tokens: readonly JsonValue[], path: string): EmbedInput => {
  if (tokens.length === 0) throw invalid(path, 'must not be empty.')
  return {
    kind: 'tokens',
    tokens: tokens.map((token, index) => integerAt(token, `${path}[${index}]`, { least: 0, most: largestToken })),
  }
}

const readItem = (item: JsonValue, path: string): EmbedInput =>
  Array.isArray(item) ? readTokens(item, path) : { kind: 'text', text: stringAt(item, path) }

/** A text, the tokens of one, or a list of either. */
const readInput = (input: JsonValue | undefined): readonly EmbedInput[] => {
  if (typeof input === 'string') return [{ kind: 'text', text: input }]
  if (!Array.isArray(input) || input.length === 0)
    throw invalid('input', 'must be a text, a list of tokens, or a list of either that is not empty.')
  if (typeof input[0] === 'number') return [readTokens(input, 'input')]
  if (input.length > mostInputs) throw invalid('input', `must not hold more than ${mostInputs} inputs.`)
  return input.map((item: JsonValue, index) => readItem(item, `input[${index}]`))
}

const readModel = ({ model }: JsonObject): string => {
  const name = filledAt(model, 'model')
  if (name.length > longestModel) throw invalid('model', `must not be longer than ${longestModel} characters.`)
  return name
}

const noteOthers = (body: JsonObject): readonly string[] => {
  const untranslatable: string[] = []
  for (const field in body) {
    const value = body[field]
    if (known.has(field) || value === null || value === undefined) continue
    if (overrides.has(field)) throw invalid(field, 'is not accepted from callers.')
    untranslatable.push(shortened(field))
  }
  return untranslatable
}

/** A caller's body as a request for vectors. */
export const readRequest = (body: JsonObject, door: Door): Request => {
  if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
  const embed: Embed = {
    inputs: readInput(body.input),
    dimensions: maybe(body.dimensions, 'dimensions', (value, path) =>
      integerAt(value, path, { least: 1, most: mostDimensions }),
    ),
    encoding: maybe(body.encoding_format, 'encoding_format', (value, path) =>
      wordAt(value, path, ['float', 'base64'] as const),
    ),
  }
  const user = maybe(body.user, 'user', stringAt)
  return {
    operation: door.operation,
    wire: wireName,
    model: readModel(body),
    stream: false,
    wantsUsage: false,
    body,
    chat: user === undefined ? noChat : { ...noChat, user },
    embed,
    untranslatable: noteOthers(body),
  }
}
