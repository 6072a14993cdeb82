import type { Allowance } from '../core/allowance.ts'
import type { KeyCache } from '../core/key-cache.ts'
import type { Priority } from '../core/priority.ts'

/** A virtual key as the configuration declares it, of any form. */
export interface DeclaredKey {
  readonly name: string
  readonly key: string
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  /** Public models it may use; undefined: all. */
  readonly models?: readonly string[] | undefined
  /** Paths of doors it may use; undefined: all. */
  readonly doors?: readonly string[] | undefined
  /** The most urgent that its calls may be where they wait; undefined: normal. */
  readonly priority?: Priority | undefined
  /** Its share against others that wait; undefined: 1. */
  readonly weight?: number | undefined
  /** How far it goes with answers from memory; undefined: as far as the model does. */
  readonly cache?: KeyCache | undefined
  /** Unix milliseconds from which it is refused; undefined: never. */
  readonly expiresAt?: number | undefined
}

/** An org, a team or a user that the configuration describes. */
export interface DeclaredScope {
  readonly kind: 'org' | 'team' | 'user'
  readonly name: string
  /** The org of a team, the team of a user. */
  readonly parent?: string | undefined
}

/** What the configuration says of callers. It goes before whatever administrators made under the same name. */
export interface Declaration {
  readonly keys: readonly DeclaredKey[]
  readonly scopes: readonly DeclaredScope[]
  readonly allowances: readonly Allowance[]
}
