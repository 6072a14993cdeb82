import type { RawOperation } from '../core/raw.ts'
import type { Operation } from '../core/request.ts'
import type { Wire } from '../wire/wire.ts'

/** Who may use a door: everybody, a caller with a key, or whoever sits on this machine. */
export type Access = 'open' | 'caller' | 'operator'

interface Row {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly access: Access
}

/** A question to a model, in one language. */
export interface InferenceDoor extends Row {
  readonly kind: 'inference'
  readonly wire: Wire
  readonly operation: Operation
  /** Where the path names the model, and says whether the answer streams. */
  readonly model?: string | undefined
  readonly stream?: boolean | undefined
}

/** A request that passes unread: to the target of the model that it names, or to whatever its path names. */
export interface RawDoor extends Omit<Row, 'method'> {
  readonly kind: 'raw'
  /** Undefined: whatever the provider takes. */
  readonly method: 'POST' | undefined
  readonly operation: RawOperation
}

/** Something the server answers by itself. */
export interface PageDoor extends Row {
  readonly kind: 'page'
  readonly page: 'models' | 'model' | 'health' | 'ready' | 'metrics'
}

export interface Kept<Kind extends 'jobs' | 'files' | 'feedback' | 'webhooks'> extends Omit<Row, 'method'> {
  readonly kind: Kind
  readonly method: undefined
}

/** What callers keep here, each thing under a path of its own; it has methods of its own too. */
export type KeptDoor = Kept<'jobs'> | Kept<'files'> | Kept<'feedback'> | Kept<'webhooks'>

/** Everything under `/admin/`: it has doors and credentials of its own. */
export interface AdminDoor {
  readonly kind: 'admin'
  readonly access: 'operator'
}

/** A row of the table of doors. */
export type ServerDoor = InferenceDoor | RawDoor | KeptDoor | PageDoor
