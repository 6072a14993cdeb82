/** Hears once that something is to stop. */
export interface StopListener {
  handleEvent(): void
}

/** The part of `AbortSignal` that the gateway needs; a real one fits. */
export interface StopSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: StopListener | (() => void), options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: StopListener | (() => void)): void
}

/**
 * A signal with its controller in one. `AbortController` with its event target costs several microseconds a call, and
 * every call needs one. Listeners are called once, in order; one that comes too late is not called.
 */
export class Stop implements StopSignal {
  aborted = false
  reason: unknown = undefined
  #listeners: (StopListener | (() => void))[] = []

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) {
      if (typeof listener === 'function') listener()
      else listener.handleEvent()
    }
  }

  addEventListener(_type: 'abort', listener: StopListener | (() => void)): void {
    if (!this.aborted) this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: StopListener | (() => void)): void {
    const listeners = this.#listeners
    const at = listeners.lastIndexOf(listener)
    if (at === -1) return
    // Mostly the latest goes first.
    if (at === listeners.length - 1) listeners.pop()
    else listeners.splice(at, 1)
  }
}
