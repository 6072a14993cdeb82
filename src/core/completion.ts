import type { Delta, Finish, ToolCall } from './delta.ts'
import type { Usage } from './usage.ts'

/** Follows a JSON text piece by piece and knows whether its outermost value is closed. */
export class JsonBalance {
  #depth = 0
  #inString = false
  #escaped = false
  #begun = false

  add(text: string): void {
    for (let index = 0; index < text.length; index++) this.#step(text.charCodeAt(index))
  }

  #step(code: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (code === 0x5c) this.#escaped = true
      else if (code === 0x22) this.#inString = false
      return
    }
    if (code === 0x22) this.#inString = true
    else if (code === 0x7b || code === 0x5b) this.#depth++
    else if (code === 0x7d || code === 0x5d) this.#depth--
    if (code > 0x20) this.#begun = true
  }

  /** True once anything but white space was seen. */
  get begun(): boolean {
    return this.#begun
  }

  /** Empty arguments count as closed: a tool may take none. */
  get closed(): boolean {
    return !this.#begun || (this.#depth === 0 && !this.#inString)
  }
}

/**
 * Whether an answer is whole: its end mark was seen, every choice has a finish reason, and every tool call's JSON is
 * closed. A cut stream must never look like a complete one.
 */
export class Completion {
  usage: Usage | undefined
  readonly finishes: Finish[] = []
  ended = false
  #choices = 1
  #balances: Map<string, JsonBalance> | undefined

  see(delta: Delta): void {
    if (delta.kind === 'usage') this.usage = delta.usage
    else if (delta.kind === 'end') this.ended = true
    else if (delta.kind === 'finish') this.#finish(delta)
    else if (delta.kind === 'tool_call') this.#arguments(delta)
    if ('choice' in delta && delta.choice >= this.#choices) this.#choices = delta.choice + 1
  }

  #finish(delta: Finish): void {
    if (!this.finishes.some((known) => known.choice === delta.choice)) this.finishes.push(delta)
  }

  #arguments(delta: ToolCall): void {
    if (delta.custom) return
    this.#balances ??= new Map()
    const key = `${delta.choice}.${delta.block}`
    const balance = this.#balances.get(key) ?? new JsonBalance()
    this.#balances.set(key, balance)
    balance.add(delta.arguments)
  }

  /** What is missing, in words, or undefined when the answer is whole. */
  missing(endMarkNeeded: boolean): string | undefined {
    if (endMarkNeeded && !this.ended) return 'it has no end mark'
    if (this.finishes.length < this.#choices) return 'a choice has no finish reason'
    const cut = this.finishes.every((finish) => finish.reason === 'length' || finish.reason === 'context')
    if (!cut && this.#balances) {
      for (const balance of this.#balances.values()) if (!balance.closed) return 'the arguments of a tool call are cut'
    }
    return undefined
  }
}
