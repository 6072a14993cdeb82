import { type Identity, identityOf } from './identity.ts'
import type { WeighedIdentity } from './provider.ts'

/** A key, and its share of the traffic among the keys of its provider. */
export interface WeighedKey {
  readonly key: string
  /** More than 0. */
  readonly weight: number
}

/** Under whom a provider is called: with one key, or none, or one of several. */
export interface Identities extends Identity {
  /** Absent: there is one. */
  readonly keys?: readonly WeighedIdentity[] | undefined
}

/** Where the keys of a provider come from. */
export interface KeySource {
  readonly apiKey?: string | undefined
  /** In place of `apiKey`. */
  readonly apiKeys?: readonly WeighedKey[] | undefined
  /** Added to every request; they win over those that prove who calls. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The identities of a provider: `prove` gives the headers that show a key, or those that are needed without one. */
export const identitiesOf = (
  { apiKey, apiKeys, headers }: KeySource,
  prove: (key: string | undefined) => Readonly<Record<string, string>>,
): Identities => {
  if (apiKeys === undefined || apiKeys.length < 2) return identityOf(prove(apiKey ?? apiKeys?.[0]?.key), headers)
  const each = apiKeys.map(({ key, weight }) => ({ ...identityOf(prove(key), headers), weight }))
  return {
    headers: each[0]?.headers ?? {},
    keys: each.map(({ headers: own, weight }) => ({ headers: own, weight })),
    secrets: [...new Set(each.flatMap(({ secrets }) => secrets))],
  }
}
