import type { Operation, Request } from '../core/request.ts'
import type { Quirks } from '../core/target.ts'
import type { Wire } from '../wire/wire.ts'

/** A request as it is about to be sent, for those who sign it. Header names are lower-case. */
export interface Signable {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** One of several identities under which a provider can be called. */
export interface WeighedIdentity {
  /** As `Provider.headers` gives them. */
  readonly headers: Readonly<Record<string, string>>
  /** Its share of the callers among the others; more than 0. */
  readonly weight: number
}

/** Who answers: a language, an address and a proof of identity. Data; what talks is `transport/send.ts`. */
export interface Provider {
  readonly name: string
  /** Its language, or the one of conversations where it has several. */
  readonly wire: Wire
  /** The language in which this is asked; absent: always `wire`. It gives one of a few wires, never a new one. */
  wireFor?(request: Request): Wire
  readonly quirks: Quirks
  /** Under which everything of it lies, without a slash at its end, for what is passed on unread; absent: nothing is. */
  readonly baseUrl?: string | undefined
  /** What it calls a model in bodies that pass unread, where that is another name; absent: nothing has another. */
  nameOf?(model: string): string
  /** Where an operation on a model is sent, in the language of this name; undefined when the provider does not offer it. */
  url(model: string, operation: Operation, stream: boolean, wire?: string): string | undefined
  /** Identity and version headers, lower-case names; a promise only when a token must be fetched. */
  headers(): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** Headers that prove who sends exactly this; they join the others. Undefined: nothing is signed. */
  sign?(outgoing: Signable): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** The same with another key in place of its own, which is then in none of them. Undefined: no caller may bring one. */
  headersWith?(key: string): Readonly<Record<string, string>>
  /** Several identities, each with a key of its own, one of which takes the place of `headers()`; absent: there is one. */
  readonly keys?: readonly WeighedIdentity[] | undefined
  /** Secrets in those headers, for the redactor. */
  readonly secrets: readonly string[]
  /** Model names it is known to serve, for `GET /v1/models`; others may work too. */
  readonly models: readonly string[]
}
