import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { failureOf } from '../openai/failure.ts'
import { readFinish } from './finish.ts'
import { garbled } from './garbled.ts'
import { Items } from './items.ts'
import { wireName } from './name.ts'
import { readUsage } from './usage.ts'

/** Fields of a response that have words of ours, or follow from what was said. */
const computed: ReadonlySet<string> = new Set([
  ...['id', 'object', 'created_at', 'completed_at', 'model', 'status', 'output', 'output_text', 'usage', 'error'],
  ...['incomplete_details', 'service_tier'],
])

const failed: ReadonlySet<unknown> = new Set(['failed', 'cancelled'])

/** Follows one response through its events, or through its one body. */
export class Reading {
  readonly items = new Items()
  #started = false

  /** The response exists. */
  start(response: JsonObject, deltas: Delta[]): void {
    if (this.#started) return
    this.#started = true
    const { id, model, created_at } = response
    deltas.push({
      kind: 'start',
      id: typeof id === 'string' ? id : '',
      model: typeof model === 'string' ? model : '',
      created: typeof created_at === 'number' ? created_at : undefined,
    })
  }

  /** The response is over: what no event has told of it is told now, or its failure. */
  finish(response: JsonObject, deltas: Delta[]): void {
    this.start(response, deltas)
    const hasFailed = failed.has(response.status)
    if (!hasFailed && Array.isArray(response.output)) this.#output(response.output, deltas)
    const usage = readUsage(response)
    if (usage) deltas.push({ kind: 'usage', usage })
    if (hasFailed) {
      deltas.push({ kind: 'failure', error: failureIn(response) })
      return
    }
    const extras: Record<string, JsonValue | undefined> = {}
    for (const field in response) if (!computed.has(field)) extras[field] = response[field]
    if (Object.keys(extras).length > 0) deltas.push({ kind: 'opaque', wire: wireName, semantic: false, value: extras })
    deltas.push(readFinish(response, this.items))
  }

  #output(output: readonly JsonValue[], deltas: Delta[]): void {
    for (const [at, item] of output.entries()) {
      if (!isObject(item)) throw garbled('an output item is no object')
      this.items.settle(at, item, deltas)
    }
  }
}

/** Why a response failed, by its own word. */
export const failureIn = ({ error, status }: JsonObject): GatewayError =>
  isObject(error)
    ? failureOf(error)
    : new GatewayError(
        'upstream_failed',
        `The provider ended its answer as ${status === 'cancelled' ? status : 'failed'}.`,
        {
          outcome: 'server',
        },
      )
