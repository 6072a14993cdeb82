import { createId } from '../../core/call.ts'
import { JsonBalance } from '../../core/completion.ts'
import type { ToolCall } from '../../core/delta.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Teller } from './teller.ts'
import type { Status, WrittenItem } from './written-item.ts'

/** A call of a function, or of a tool that takes free text. */
export class WrittenCall implements WrittenItem {
  readonly block: number
  readonly #id: string
  readonly #callId: string
  readonly #name: string
  readonly #custom: boolean
  readonly #at: number
  readonly #teller: Teller
  readonly #balance = new JsonBalance()
  #input = ''
  #status: Status = 'in_progress'

  constructor(at: number, { block, id, name, custom }: ToolCall, teller: Teller) {
    this.block = block
    this.#custom = custom ?? false
    this.#id = `${this.#custom ? 'ctc' : 'fc'}_${createId()}`
    this.#callId = id ?? `call_${createId()}`
    this.#name = name ?? ''
    this.#at = at
    this.#teller = teller
    teller.tell('response.output_item.added', { output_index: at, item: this.value() })
  }

  /** Is its input whole, as far as can be seen? Free text may always go on. */
  get whole(): boolean {
    return !this.#custom && this.#balance.begun && this.#balance.closed
  }

  add(piece: string): void {
    if (piece === '') return
    this.#input += piece
    if (!this.#custom) this.#balance.add(piece)
    this.#tell('delta', { delta: piece })
  }

  close(status: Status): void {
    if (this.#status !== 'in_progress') return
    // Clients read the arguments as JSON, which no text is not.
    if (status === 'completed' && !this.#custom && !this.#balance.begun) this.add('{}')
    this.#status = status
    this.#tell('done', this.#custom ? { input: this.#input } : { name: this.#name, arguments: this.#input })
    this.#teller.tell('response.output_item.done', { output_index: this.#at, item: this.value() })
  }

  value(): JsonObject {
    const id = this.#id
    const status = this.#status
    const call = { call_id: this.#callId, name: this.#name }
    return this.#custom
      ? { id, type: 'custom_tool_call', status, ...call, input: this.#input }
      : { id, type: 'function_call', status, arguments: this.#input, ...call }
  }

  #tell(what: 'delta' | 'done', fields: JsonObject): void {
    const type = this.#custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
    this.#teller.tell(`${type}.${what}`, { item_id: this.#id, output_index: this.#at, ...fields })
  }
}
