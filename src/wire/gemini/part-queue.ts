import { JsonBalance } from '../../core/completion.ts'
import type { ToolCall } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { garbled } from '../garbled.ts'
import { wireName } from './name.ts'
import { givenId } from './tool-ids.ts'

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly balance: JsonBalance
  readonly proof: string | undefined
  arguments: string
}

type Entry = { readonly part: JsonObject } | { readonly call: OpenCall }

const argsOf = ({ name, arguments: text }: OpenCall, cut: boolean): JsonObject | undefined => {
  if (!/\S/.test(text)) return {}
  let args: JsonValue
  try {
    args = JSON.parse(text)
  } catch {
    args = null
  }
  if (isObject(args)) return args
  // The answer reached a limit in the middle of them.
  if (cut) return undefined
  throw garbled(`the arguments of ${name} are no JSON object`)
}

/** The parts of one candidate in their order. Calls are told whole there: while one is open, what follows waits. */
export class PartQueue {
  readonly #entries: Entry[] = []
  readonly #calls = new Map<number, OpenCall>()

  push(part: JsonObject): void {
    this.#entries.push({ part })
  }

  /** A piece of a call; `proof`: the signature that belongs to it. */
  call(piece: ToolCall, proof: string | undefined): void {
    if (piece.custom) throw incapable('a custom tool call', wireName)
    let call = this.#calls.get(piece.block)
    if (!call) {
      const { id = '', name = '' } = piece
      call = { id, name, balance: new JsonBalance(), proof, arguments: '' }
      this.#calls.set(piece.block, call)
      this.#entries.push({ call })
    }
    call.arguments += piece.arguments
    call.balance.add(piece.arguments)
  }

  /** What can be told now; `all`: nothing more comes, `cut`: since a limit was reached. */
  take(all = false, cut = false): JsonObject[] {
    const parts: JsonObject[] = []
    for (let entry = this.#entries[0]; entry; entry = this.#entries[0]) {
      if ('call' in entry) {
        const { id, name, balance, proof } = entry.call
        if (!all && !(balance.begun && balance.closed)) break
        const args = argsOf(entry.call, cut)
        parts.push({ functionCall: { id: givenId(id), name, args }, thoughtSignature: proof })
      } else parts.push(entry.part)
      this.#entries.shift()
    }
    return parts
  }
}
