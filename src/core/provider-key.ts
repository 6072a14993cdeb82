import type { Target } from './target.ts'

/** A key of the caller's own account at a provider: it is sent to that provider alone, for one call, and kept nowhere. */
export interface ProviderKey {
  readonly provider: string
  readonly key: string
}

/** True where the caller's own account pays for an attempt. */
export const paysItself = (attempt: {
  readonly providerKey?: ProviderKey | undefined
  readonly target: Pick<Target, 'provider'>
}): boolean => attempt.providerKey !== undefined && attempt.providerKey.provider === attempt.target.provider
