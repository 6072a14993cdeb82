import type { Delta, Opaque } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { Blocks, malformed } from './blocks.ts'
import { readReason } from './finish.ts'
import { readLogProbs } from './logprobs.ts'
import { readMessage } from './message.ts'
import { wireName } from './name.ts'
import { readUsage } from './usage.ts'

const mostChoices = 1024

/** What providers put beside the choices: told on to callers of this language, unknown to all others. */
const decorations = ['system_fingerprint', 'moderation', 'prompt_filter_results', 'citations', 'provider'] as const

/** Words with which compatible providers end a choice that failed. */
const failedReasons: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource'])

/** Follows one answer through its chunks, or through its one body. */
export class Choices {
  readonly #open: Blocks[] = []
  readonly #told = new Set<string>()
  #started = false
  /** A frame that came before the answer existed. */
  #early: JsonObject | undefined

  /** Tells what stands around the choices. */
  start(chunk: JsonObject, deltas: Delta[]): void {
    if (!this.#started) {
      this.#begin(chunk, deltas)
      if (!this.#started) {
        this.#early = chunk
        return
      }
      if (this.#early) this.#decorations(this.#early, deltas)
    }
    this.#decorations(chunk, deltas)
  }

  #decorations(chunk: JsonObject, deltas: Delta[]): void {
    for (const field of decorations) if (chunk[field]) this.#decorate(field, chunk[field], deltas)
  }

  #begin(chunk: JsonObject, deltas: Delta[]): void {
    const { id, model, created } = chunk
    const named = typeof id === 'string' && id !== ''
    // Azure begins with a frame that has neither id nor choices.
    if (!named && !(Array.isArray(chunk.choices) && chunk.choices.length > 0)) return
    this.#started = true
    deltas.push({
      kind: 'start',
      id: named ? id : '',
      model: typeof model === 'string' ? model : '',
      created: typeof created === 'number' ? created : undefined,
    })
  }

  /** Frames repeat what they are decorated with: each is told once. */
  #decorate(field: string, value: JsonValue, deltas: Delta[]): void {
    if (this.#told.has(field)) return
    this.#told.add(field)
    deltas.push({ kind: 'opaque', wire: wireName, semantic: false, value: { [field]: value } } satisfies Opaque)
  }

  /** Reads one entry of `choices`, whose content is in `message`. */
  read(choice: JsonObject, message: JsonValue | undefined, deltas: Delta[]): Blocks {
    const blocks = this.#blocksOf(choice.index)
    if (isObject(message)) readMessage(message, blocks, deltas)
    if (choice.logprobs) {
      const logProbs = readLogProbs(choice.logprobs, blocks.choice)
      if (logProbs) deltas.push(logProbs)
    }
    if (typeof choice.finish_reason === 'string') finish(choice, choice.finish_reason, { blocks, deltas })
    return blocks
  }

  #blocksOf(index: JsonValue | undefined): Blocks {
    const at = index ?? 0
    if (!Number.isInteger(at) || (at as number) < 0 || (at as number) >= mostChoices)
      throw malformed('a choice has no index')
    const known = this.#open[at as number]
    if (known) return known
    const blocks = new Blocks(at as number)
    this.#open[at as number] = blocks
    return blocks
  }
}

const stopSequenceOf = ({ stop_reason, matched_stop }: JsonObject): string | undefined =>
  typeof stop_reason === 'string' ? stop_reason : typeof matched_stop === 'string' ? matched_stop : undefined

/**
 * Ends a choice, once. A stop after tool calls is the end of a turn that waits for their results, whatever it is
 * called.
 */
export const finish = (
  choice: JsonObject,
  native: string,
  { blocks, deltas }: { readonly blocks: Blocks; readonly deltas: Delta[] },
): void => {
  if (blocks.finished) return
  if (blocks.calls.some((call) => call.name === '')) throw malformed('a tool call has no name')
  if (failedReasons.has(native)) {
    const error = new GatewayError('upstream_failed', 'The upstream failed while it answered.', { outcome: 'server' })
    deltas.push({ kind: 'failure', error })
    return
  }
  blocks.finished = true
  const said = readReason(native)
  const stopSequence = said === 'stop' ? stopSequenceOf(choice) : undefined
  const reason = said === 'stop' && blocks.calls.length > 0 ? 'tool_calls' : stopSequence ? 'stop_sequence' : said
  deltas.push({ kind: 'finish', choice: blocks.choice, reason, stopSequence, native })
}

/** Usage wherever a provider puts it: in its own field, in Groq's, or in a choice. */
export const pushUsage = (chunk: JsonObject, deltas: Delta[]): void => {
  const given = isObject(chunk.usage) ? chunk.usage : isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined
  if (!isObject(given)) return
  const usage = readUsage(given, chunk.service_tier)
  if (usage) deltas.push({ kind: 'usage', usage })
}
