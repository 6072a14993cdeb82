import type { Quirks } from '../core/target.ts'

/** What its user must say before the address of a provider is known: a `{account}` or `{region}` in it. */
export interface Blank {
  readonly name: 'account' | 'region'
  /** What stands there, for people. */
  readonly meaning: string
  /** Where it usually is in the environment; the first that is set counts. */
  readonly environmentKeys: readonly string[]
  /** What stands there when nothing else is said. */
  readonly usual?: string | undefined
}

/** What is known of a kind of provider: where it is, how it is called, how it differs from the language it speaks. */
export interface ProviderRow {
  /** The name in configurations. */
  readonly kind: string
  /** The name for people. */
  readonly title: string
  /** Up to and including the version, without a slash at its end; undefined: only its user knows. */
  readonly baseUrl: string | undefined
  /** One for each name in braces in the address; absent: there are none. */
  readonly blanks?: readonly Blank[] | undefined
  /** Where its key usually is in the environment; the first that is set counts. */
  readonly environmentKeys: readonly string[]
  /** How the key is shown; `optional`: as a bearer token when there is one, and calls without it work. */
  readonly auth: 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'service-account' | 'optional'
  /** Whose identities prove who calls in place of a key; absent: nobody's. */
  readonly signs?: 'aws' | 'entra' | 'google' | 'ibm' | undefined
  readonly quirks: Quirks
  /** Models it is known to serve, its best first; empty where that depends on who runs it. */
  readonly models: readonly string[]
  /** Under which name `factsOf` knows its models; undefined: nothing is known of them. */
  readonly priceProvider: string | undefined
  /** The documentation this row was read from. */
  readonly source: string
  /** The day it was read, as `2026-11-24`. */
  readonly checked: string
}
