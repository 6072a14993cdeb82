import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { noUsage, type Usage } from '../../core/usage.ts'
import { readStatedCost } from '../openai/stated-cost.ts'

const countOf = (value: JsonValue | undefined): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0

const nested = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})

const takeFrom = (left: number, value: JsonValue | undefined): number => Math.min(left, countOf(value))

/** Figures in which details are counted inside their wholes, as OpenAI gives them. */
interface Wholes {
  readonly input: JsonValue | undefined
  readonly output: JsonValue | undefined
  readonly read: JsonObject
  readonly said: JsonObject
}

const fromWholes = ({ input, output, read, said }: Wholes): Usage => {
  const all = countOf(input)
  const cacheRead = takeFrom(all, read.cached_tokens)
  const audioInput = takeFrom(all - cacheRead, read.audio_tokens)
  const generated = countOf(output)
  const reasoning = takeFrom(generated, said.reasoning_tokens)
  const audioOutput = takeFrom(generated - reasoning, said.audio_tokens)
  return {
    ...noUsage,
    input: all - cacheRead - audioInput,
    cacheRead,
    audioInput,
    output: generated - reasoning - audioOutput,
    reasoning,
    audioOutput,
  }
}

const ofChat = (given: JsonObject): Usage =>
  fromWholes({
    input: given.prompt_tokens,
    output: given.completion_tokens,
    read: nested(given.prompt_tokens_details),
    said: nested(given.completion_tokens_details),
  })

/** Transcriptions name their details otherwise than all the rest. */
const ofResponse = (given: JsonObject): Usage =>
  fromWholes({
    input: given.input_tokens,
    output: given.output_tokens,
    read: nested(given.input_tokens_details ?? given.input_token_details),
    said: nested(given.output_tokens_details ?? given.output_token_details),
  })

/** Anthropic counts what its cache gave or took beside the input. */
const ofMessage = (given: JsonObject): Usage => {
  const written = nested(given.cache_creation)
  const cacheWriteLong = countOf(written.ephemeral_1h_input_tokens)
  return {
    ...noUsage,
    input: countOf(given.input_tokens),
    cacheRead: countOf(given.cache_read_input_tokens),
    cacheWriteShort: Math.max(0, countOf(given.cache_creation_input_tokens) - cacheWriteLong),
    cacheWriteLong,
    output: countOf(given.output_tokens),
    searches: countOf(nested(given.server_tool_use).web_search_requests) || undefined,
  }
}

const ofGemini = (given: JsonObject): Usage => {
  const all = countOf(given.promptTokenCount) + countOf(given.toolUsePromptTokenCount)
  const cacheRead = takeFrom(all, given.cachedContentTokenCount)
  return {
    ...noUsage,
    input: all - cacheRead,
    cacheRead,
    output: countOf(given.candidatesTokenCount),
    reasoning: countOf(given.thoughtsTokenCount),
  }
}

type Shape = readonly [field: string, read: (given: JsonObject) => Usage]

/** The first field that is there tells whose words they are. */
const shapes: readonly Shape[] = [
  ['promptTokenCount', ofGemini],
  ['prompt_tokens', ofChat],
  ['cache_read_input_tokens', ofMessage],
  ['cache_creation_input_tokens', ofMessage],
  ['input_tokens', ofResponse],
  // Rankings and vectors: nothing is generated.
  ['total_tokens', (given) => ({ ...noUsage, input: countOf(given.total_tokens) })],
]

/**
 * What an object of usage says in whatever provider's words; undefined where it tells no tokens, such as seconds of
 * sound or searches: what they cost is not known from it.
 */
export const usageFrom = (given: JsonObject): Usage | undefined => {
  const shape = shapes.find(([field]) => typeof given[field] === 'number')
  if (!shape) return undefined
  const statedNanos = readStatedCost(given)
  const usage = shape[1](given)
  return statedNanos === undefined ? usage : { ...usage, statedNanos }
}
