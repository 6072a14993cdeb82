import { GatewayError } from '../core/errors.ts'
import type { ControlEntry, ControlKind, ControlStore } from '../stores/store.ts'
import { type Documents, documents } from './documents.ts'

/** A document that is there, or was. */
export interface Found<Kind extends ControlKind> {
  readonly name: string
  readonly document: Documents[Kind]
  readonly version: number
  readonly deleted: boolean
}

/** One change: what becomes of a document, and who did what, why this is allowed to be written down. */
export interface Change<Kind extends ControlKind> {
  readonly kind: Kind
  readonly name: string
  readonly document: Documents[Kind]
  readonly deleted?: boolean
  readonly actor: string
  readonly action: string
  /** What the audit log keeps; nothing secret. */
  readonly detail: Readonly<Record<string, unknown>>
  /** The version that was looked at; `new`: there was none. */
  readonly expect: 'new' | number
}

/** The documents of a store, as they are at the moment of asking; only what changed since is read again. */
export class Entries {
  readonly #store: ControlStore
  readonly #known = new Map<string, ControlEntry>()
  #version = 0

  constructor(store: ControlStore) {
    this.#store = store
  }

  /** Documents of one kind, deleted ones too. */
  async all<Kind extends ControlKind>(kind: Kind): Promise<readonly Found<Kind>[]> {
    await this.#refresh()
    const found: Found<Kind>[] = []
    for (const entry of this.#known.values()) if (entry.kind === kind) found.push(read(kind, entry))
    return found
  }

  async get<Kind extends ControlKind>(kind: Kind, name: string): Promise<Found<Kind> | undefined> {
    await this.#refresh()
    const entry = this.#known.get(`${kind} ${name}`)
    return entry && read(kind, entry)
  }

  /** Writes a change with its line of audit. Throws `conflict` when somebody was faster. */
  async write<Kind extends ControlKind>(change: Change<Kind>): Promise<void> {
    const { kind, name, actor, action, detail, expect } = change
    const document = documents[kind].write(change.document)
    const version = await this.#store.put(
      { kind, name, document, deleted: change.deleted ?? false },
      { actor, action, subject: name, detail: text(detail) },
      expect,
    )
    if (version === undefined) {
      throw new GatewayError('conflict', `${kind} ${name} was changed by somebody else meanwhile; look and try again.`)
    }
  }

  async #refresh(): Promise<void> {
    const changes = await this.#store.changes(this.#version)
    for (const entry of changes) {
      const name = `${entry.kind} ${entry.name}`
      // Two who ask at once may hear the older answer last.
      if (entry.version > (this.#known.get(name)?.version ?? 0)) this.#known.set(name, entry)
      if (entry.version > this.#version) this.#version = entry.version
    }
  }
}

const read = <Kind extends ControlKind>(kind: Kind, entry: ControlEntry): Found<Kind> => ({
  name: entry.name,
  document: documents[kind].read(entry.document),
  version: entry.version,
  deleted: entry.deleted,
})

const text = (detail: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(detail, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
