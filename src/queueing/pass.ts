import type { Need } from './quota.ts'

/** What others share too, taken for one call. */
export interface Grabbed {
  /** It is not used after all. */
  release(): void
}

/** How a call ended that was let through. */
export interface Ended {
  /** Tokens that it used; undefined: not known, so what was reckoned with stands. `nothing`: it was never sent. */
  readonly used: { readonly prompt: number; readonly output: number } | 'nothing' | undefined
  /** The target said that it has too much to do, or fell silent. */
  readonly isOverload: boolean
  /** It said that too much was asked of it lately. */
  readonly isThrottled?: boolean | undefined
  readonly isGood: boolean
  readonly firstTokenMs?: number | undefined
  /** How long the target asked to be left alone. */
  readonly pauseMs?: number | undefined
}

/** Who owes for what its calls used. */
interface Indebted {
  debt: number
}

/** What a pass needs of its gate. */
interface Owner {
  ended(pass: Pass, ended: Ended): void
}

/** Somebody was let through. It must be given back, once; more often does nothing. */
export class Pass {
  readonly need: Need
  readonly sentAt: number
  readonly queuedMs: number
  /** What `grab` gave. */
  readonly grabbed: Grabbed | undefined
  /** Who pays for what it used beyond what was reckoned with; undefined: it never waited. */
  readonly tenant: Indebted | undefined
  readonly #owner: Owner
  #isOver = false

  constructor(given: Pick<Pass, 'need' | 'sentAt' | 'queuedMs' | 'grabbed' | 'tenant'>, owner: Owner) {
    this.need = given.need
    this.sentAt = given.sentAt
    this.queuedMs = given.queuedMs
    this.grabbed = given.grabbed
    this.tenant = given.tenant
    this.#owner = owner
  }

  leave(ended: Ended): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#owner.ended(this, ended)
  }
}
