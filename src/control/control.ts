import type { Allowance } from '../core/allowance.ts'
import type { KeyCache } from '../core/key-cache.ts'
import type { Priority } from '../core/priority.ts'
import type { Scope } from '../core/scope.ts'
import type {
  AuditEntry,
  CacheFilter,
  CacheStanding,
  LineQuery,
  ReportQuery,
  ReportRow,
  Standing,
} from '../stores/store.ts'

/** A virtual key as administrators see it: never the secret, never its digest. */
export interface KeyView {
  readonly name: string
  /** Its beginning and its last four characters. */
  readonly shown: string
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly models?: readonly string[] | undefined
  readonly doors?: readonly string[] | undefined
  /** The most urgent that its calls may be where they wait; undefined: normal. */
  readonly priority?: Priority | undefined
  /** Its share against others that wait, 0.01 to 1000; undefined: 1. */
  readonly weight?: number | undefined
  /** How far it goes with answers from memory; undefined: as far as the model does. */
  readonly cache?: KeyCache | undefined
  /** Unix milliseconds. */
  readonly createdAt?: number | undefined
  readonly expiresAt?: number | undefined
  readonly state: 'active' | 'expired' | 'revoked'
  /** Declared in the configuration: read-only here. */
  readonly isDeclared: boolean
}

export interface NewKey {
  readonly name: string
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly models?: readonly string[] | undefined
  readonly doors?: readonly string[] | undefined
  /** The most urgent that its calls may be where they wait; undefined: normal. */
  readonly priority?: Priority | undefined
  /** Its share against others that wait, 0.01 to 1000; undefined: 1. */
  readonly weight?: number | undefined
  /** How far it goes with answers from memory; undefined: as far as the model does. */
  readonly cache?: KeyCache | undefined
  readonly expiresAt?: number | undefined
}

/** An allowance with where it stands for each subject that used it. */
export interface AllowanceView {
  readonly allowance: Allowance
  readonly isDeclared: boolean
  readonly standings: readonly Standing[]
}

/** An org, team or user that administrators wrote down. */
export interface ScopeView {
  readonly kind: 'org' | 'team' | 'user'
  readonly name: string
  /** The org of a team, the team of a user. */
  readonly parent?: string | undefined
  readonly isDeclared: boolean
}

/** Which kept answers are meant: those to which all of this applies, or `all` of them, said in so many words. */
export interface AnswersWanted extends CacheFilter {
  /** Shared within this team, whatever org it is in. */
  readonly team?: string | undefined
  readonly all?: boolean | undefined
}

/**
 * What administrators can do, whichever door they come through: the HTTP door and the commands are views of it. Every
 * change is checked, written with its audit line, and seen by every process within a second. Fails with
 * `invalid_request`, `not_found` or `conflict`. `actor` is who does it.
 */
export interface Control {
  keys(): Promise<readonly KeyView[]>
  /** The secret is in the answer and nowhere else, ever. */
  createKey(wanted: NewKey, actor: string): Promise<{ readonly key: KeyView; readonly secret: string }>
  /** A new secret; the old one works for `overlapMs` more. */
  rotateKey(name: string, overlapMs: number, actor: string): Promise<{ readonly key: KeyView; readonly secret: string }>
  changeKey(name: string, changes: Partial<Omit<NewKey, 'name'>>, actor: string): Promise<KeyView>
  revokeKey(name: string, actor: string): Promise<KeyView>
  scopes(): Promise<readonly ScopeView[]>
  putScope(scope: Omit<ScopeView, 'isDeclared'>, actor: string): Promise<ScopeView>
  deleteScope(kind: ScopeView['kind'], name: string, actor: string): Promise<void>
  allowances(): Promise<readonly AllowanceView[]>
  putAllowance(allowance: Allowance, actor: string): Promise<AllowanceView>
  deleteAllowance(id: string, actor: string): Promise<void>
  releaseLost(id: string, subject: Scope, actor: string): Promise<bigint>
  /** How many answers are kept. Fails with `not_found` where none are. */
  answersStanding(): Promise<CacheStanding>
  /** Takes kept answers away, everywhere within a second, and gives how many there were. */
  purgeAnswers(wanted: AnswersWanted, actor: string): Promise<number>
  /** Writes down that somebody is shown what was said in a call. Comes before it is shown. */
  noteReading(call: string, actor: string): Promise<void>
  usage(query: ReportQuery): Promise<readonly ReportRow[]>
  lines(query: LineQuery): Promise<readonly string[]>
  audit(query: { readonly limit: number; readonly before?: number | undefined }): Promise<readonly AuditEntry[]>
}
