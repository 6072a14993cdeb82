import { createId } from '../../core/call.ts'
import { GatewayError } from '../../core/errors.ts'

/** A success that cannot be read. */
export const malformed = (problem: string): GatewayError =>
  new GatewayError('upstream_garbled', `The upstream's answer cannot be read: ${problem}.`, { outcome: 'malformed' })

/** One tool call while its pieces come. */
export interface OpenCall {
  readonly index: number | undefined
  readonly block: number
  readonly custom: boolean
  id: string
  /** Empty until the upstream has told it. */
  name: string
  /** Arguments that came before the name. */
  early: string
}

/** The content parts of one choice as they open; this language has no marks for where one begins. */
export class Blocks {
  readonly choice: number
  readonly calls: OpenCall[] = []
  finished = false
  reasoningOrigin = ''
  /** The index of the last entry of `reasoning_details`. */
  detailIndex: unknown = undefined
  #next = 0
  #text = -1
  #reasoning = -1
  #refusal = -1
  #media = -1

  constructor(choice: number) {
    this.choice = choice
  }

  /** A part that was left for another one is not opened again, so that parts never interleave. */
  text(): number {
    if (this.#text === -1 || this.#text !== this.#next - 1) this.#text = this.#next++
    return this.#text
  }

  /** Where a citation belongs: to the text said last. */
  cited(): number {
    return this.#text === -1 ? this.text() : this.#text
  }

  refusal(): number {
    if (this.#refusal === -1 || this.#refusal !== this.#next - 1) this.#refusal = this.#next++
    return this.#refusal
  }

  media(): number {
    if (this.#media === -1 || this.#media !== this.#next - 1) this.#media = this.#next++
    return this.#media
  }

  /** A part of its own, for what comes whole. */
  newMedia(): number {
    this.#media = this.#next++
    return this.#media
  }

  reasoning(origin: string, isNew: boolean): number {
    if (isNew || this.#reasoning !== this.#next - 1 || this.reasoningOrigin !== origin) {
      this.#reasoning = this.#next++
      this.reasoningOrigin = origin
    }
    return this.#reasoning
  }

  call(index: number | undefined, id: string, custom: boolean): OpenCall {
    const call = { index, block: this.#next++, custom, id: id === '' ? `call_${createId()}` : id, name: '', early: '' }
    this.calls.push(call)
    return call
  }
}
