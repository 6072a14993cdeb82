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
  readonly #changed: () => Promise<unknown>
  readonly #known = new Map<string, ControlEntry>()
  #version = 0

  constructor(store: ControlStore, changed: () => Promise<unknown> = async () => {}) {
    this.#store = store
    this.#changed = changed
  }

  /** Documents of one kind, deleted ones too. What cannot be read, such as what a later version wrote, is left out. */
  async all<Kind extends ControlKind>(kind: Kind): Promise<readonly Found<Kind>[]> {
    await this.#refresh()
    const found: Found<Kind>[] = []
    for (const entry of this.#known.values()) {
      const one = entry.kind === kind ? read(kind, entry) : undefined
      if (one) found.push(one)
    }
    return found
  }

  /** Throws `conflict` for one that cannot be read: nobody writes over it. */
  async get<Kind extends ControlKind>(kind: Kind, name: string): Promise<Found<Kind> | undefined> {
    await this.#refresh()
    const entry = this.#known.get(`${kind} ${name}`)
    if (!entry) return undefined
    const found = read(kind, entry)
    if (found) return found
    throw new GatewayError('conflict', `${kind} ${name} is there in a form that this version cannot read.`)
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
    // It is written; whoever could not hear of it now hears of it within a second.
    await this.#changed().catch(() => {})
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

const read = <Kind extends ControlKind>(kind: Kind, entry: ControlEntry): Found<Kind> | undefined => {
  const { name, version, deleted } = entry
  try {
    return { name, document: documents[kind].read(entry.document), version, deleted }
  } catch {
    return undefined
  }
}

const text = (detail: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(detail, (_name, value) => (typeof value === 'bigint' ? String(value) : value))
