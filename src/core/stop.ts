/** Hears once that something is to stop. */
export interface StopListener {
  handleEvent(): void
}

type Listener = StopListener | (() => void)

/** The part of `AbortSignal` that the gateway needs; a real one fits. */
export interface StopSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: Listener, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: Listener): void
}

/**
 * A signal with its controller in one. `AbortController` with its event target costs several microseconds a call, and
 * every call needs one. Listeners are called once, in order; one that comes too late is not called.
 */
export class Stop implements StopSignal {
  aborted = false
  reason: unknown = undefined
  /** Mostly there is but one, which needs no list. */
  #first: Listener | undefined
  /** Those that came after it. */
  #others: Listener[] | undefined

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const first = this.#first
    const others = this.#others
    this.#first = undefined
    this.#others = undefined
    if (first) tell(first)
    if (others) for (const other of others) tell(other)
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    if (this.aborted) return
    if (this.#first === undefined && this.#others === undefined) this.#first = listener
    else if (this.#others === undefined) this.#others = [listener]
    else this.#others.push(listener)
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    // Mostly the latest goes first.
    const others = this.#others
    const at = others?.lastIndexOf(listener) ?? -1
    if (others === undefined || at === -1) {
      if (this.#first === listener) this.#first = undefined
    } else if (others.length === 1) this.#others = undefined
    else others.splice(at, 1)
  }
}

const tell = (listener: Listener): void => {
  if (typeof listener === 'function') listener()
  else listener.handleEvent()
}
