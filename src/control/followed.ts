import type { ControlEntry, ControlKind, ControlStore } from '../stores/store.ts'
import { type Documents, documents } from './documents.ts'

/** Where it is said what is wrong with a store's documents. */
export interface DirectoryLog {
  error(facts: object, message: string): void
}

interface Read {
  readonly kind: ControlKind
  readonly name: string
  readonly version: number
  readonly deleted: boolean
  /** Undefined when it was malformed. */
  readonly document: Documents[ControlKind] | undefined
}

/** After a failure the store is asked again this soon. */
const retryMs = 1_000

/** The documents of a store in memory: read once, then only what changes. A malformed one is as good as none, and is told of. */
export class Followed {
  readonly #store: ControlStore
  readonly #log: DirectoryLog
  readonly #entries = new Map<string, Read>()
  #changed: () => void = () => {}
  #stopWatching: () => void = () => {}
  #version = 0
  #under: Promise<void> | undefined
  #next: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(store: ControlStore, log: DirectoryLog) {
    this.#store = store
    this.#log = log
  }

  /** Reads everything, then follows; `changed` is called after each change, once now. Rejects when nothing can be read. */
  async begin(changed: () => void): Promise<void> {
    this.#changed = changed
    this.#take(await this.#store.changes(0))
    changed()
    const follow = (): Promise<void> => this.refresh().catch(() => this.#again())
    this.#stopWatching = this.#store.watch(() => void follow())
    // What changed between the reading and the watching.
    await follow()
  }

  /** True when a key was ever made, whatever became of it. */
  get hasKeys(): boolean {
    for (const entry of this.#entries.values()) if (entry.kind === 'key') return true
    return false
  }

  /** Documents of one kind that are there, in the order in which they were made. */
  all<Kind extends ControlKind>(kind: Kind): readonly { readonly name: string; readonly document: Documents[Kind] }[] {
    const found: { name: string; document: Documents[Kind] }[] = []
    for (const entry of this.#entries.values()) {
      if (entry.kind !== kind || entry.deleted || entry.document === undefined) continue
      found.push({ name: entry.name, document: entry.document as Documents[Kind] })
    }
    return found
  }

  /** Sees everything that was written before it was called. Rejects when the store cannot be read. */
  refresh(): Promise<void> {
    if (this.#under === undefined) return this.#run()
    // One that is under way may have read already: another one follows it, for all who ask meanwhile.
    this.#next ??= this.#under.then(
      () => this.#follow(),
      () => this.#follow(),
    )
    return this.#next
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#stopWatching()
  }

  #follow(): Promise<void> {
    this.#next = undefined
    return this.#run()
  }

  #run(): Promise<void> {
    this.#under = this.#read().finally(() => {
      this.#under = undefined
    })
    return this.#under
  }

  async #read(): Promise<void> {
    if (this.#closed) return
    const changes = await this.#store.changes(this.#version)
    if (changes.length === 0 || this.#closed) return
    this.#take(changes)
    this.#changed()
  }

  #again(): void {
    if (this.#closed) return
    this.#log.error({}, 'The store could not be read for changes of keys and limits; it is asked again.')
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.refresh().catch(() => this.#again()), retryMs)
    this.#retry.unref()
  }

  #take(changes: readonly ControlEntry[]): void {
    for (const entry of changes) {
      this.#entries.set(`${entry.kind} ${entry.name}`, this.#understood(entry))
      if (entry.version > this.#version) this.#version = entry.version
    }
  }

  #understood({ kind, name, version, deleted, document }: ControlEntry): Read {
    try {
      return { kind, name, version, deleted, document: deleted ? undefined : documents[kind].read(document) }
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown)
      this.#log.error({ kind, name, version, problem }, 'A document of the store is malformed and not used.')
      return { kind, name, version, deleted, document: undefined }
    }
  }
}
