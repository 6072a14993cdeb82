import { type FileHandle, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createId } from '../../core/call.ts'
import { GatewayError } from '../../core/errors.ts'
import type { FileFacts, FileQuery, FileStore, StoredFile } from '../file-store.ts'
import { makeFolder, namesIn, onDisk, openToRead, syncFolder, unlessMissing } from './disk.ts'
import { createFileId, endingName, endingsOf, folderOf, incomingOf, pathOf, readEnding } from './file-names.ts'
import { footerOf, readFooter } from './footer.ts'
import { pour } from './pour.ts'

export interface FilesOptions {
  /** Made when it is first needed, for this user alone. Several processes may share it. */
  readonly folder: string
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined
}

/** An upload that wrote nothing for so long has broken off. */
const abandonedMs = 3_600_000

/** Files in a folder, each under a name of our own with what is known of it behind its bytes. */
export const createFiles = ({ folder, now = Date.now }: FilesOptions): FileStore => new DiskFiles(folder, now)

class DiskFiles implements FileStore {
  readonly #folder: string
  readonly #now: () => number

  constructor(folder: string, now: () => number) {
    this.#folder = folder
    this.#now = now
  }

  async add(facts: FileFacts | (() => FileFacts), bytes: Readable | Uint8Array, most: number): Promise<StoredFile> {
    const incoming = join(incomingOf(this.#folder), createId())
    const handle = await onDisk(makeFolder(dirname(incoming)).then(() => open(incoming, 'wx', 0o600)))
    try {
      const poured = await pour(bytes, handle, most)
      const told = typeof facts === 'function' ? facts() : facts
      const file = { ...factsOf(told), ...poured, ...this.#named(told) }
      await onDisk(this.#finish(file, handle, incoming))
      return file
    } catch (thrown) {
      await handle.close()
      await rm(incoming, { force: true })
      throw thrown
    }
  }

  #named({ owner, purpose }: FileFacts): Pick<StoredFile, 'id' | 'createdAt'> {
    const createdAt = this.#now()
    return { id: createFileId(owner, purpose, createdAt), createdAt }
  }

  async #finish(file: StoredFile, handle: FileHandle, incoming: string): Promise<void> {
    await handle.writeFile(footerOf(file))
    await handle.sync()
    // Before it is there, so that nothing is there whose end nobody knows.
    if (file.expiresAt !== undefined) await this.#writeEnding(file.id, file.expiresAt)
    const path = pathOf(this.#folder, file.id) ?? ''
    await makeFolder(dirname(path))
    await rename(incoming, path)
    await syncFolder(dirname(path))
    await syncFolder(this.#folder)
    await handle.close()
  }

  async #writeEnding(id: string, expiresAt: number): Promise<void> {
    const endings = endingsOf(this.#folder)
    await makeFolder(endings)
    await writeFile(join(endings, endingName(id, expiresAt)), '', { mode: 0o600 })
    await syncFolder(endings)
  }

  async find(id: string, owner?: string): Promise<StoredFile | undefined> {
    const opened = await this.#open(id, owner)
    await opened?.handle.close()
    return opened?.file
  }

  async read(id: string): Promise<Readable> {
    const opened = await this.#open(id)
    if (!opened) throw new GatewayError('not_found', 'There is no such file.')
    const { file, handle } = opened
    if (file.size > 0) return handle.createReadStream({ start: 0, end: file.size - 1 })
    await handle.close()
    return Readable.from([])
  }

  /** The caller closes it. */
  async #open(
    id: string,
    owner?: string,
  ): Promise<{ readonly file: StoredFile; readonly handle: FileHandle } | undefined> {
    const path = pathOf(this.#folder, id)
    const handle = path === undefined ? undefined : await onDisk(openToRead(path))
    if (!handle) return undefined
    const file = await onDisk(readFooter(handle))
    if (file && (owner === undefined || file.owner === owner) && !this.#isOver(file)) return { file, handle }
    await handle.close()
    return undefined
  }

  #isOver({ expiresAt }: StoredFile): boolean {
    return expiresAt !== undefined && expiresAt <= this.#now()
  }

  async list({ owner, purpose, after, limit, isOldestFirst = false }: FileQuery): Promise<readonly StoredFile[]> {
    const names = (await onDisk(namesIn(folderOf(this.#folder, owner)))).toSorted()
    if (!isOldestFirst) names.reverse()
    const found: StoredFile[] = []
    for (const name of names) {
      if (after !== undefined && (isOldestFirst ? name <= after : name >= after)) continue
      const file = await this.find(name, owner)
      if (file && (purpose === undefined || file.purpose === purpose)) found.push(file)
      if (found.length === limit) break
    }
    return found
  }

  async remove(id: string, owner?: string): Promise<boolean> {
    const path = pathOf(this.#folder, id)
    if (path === undefined || !(await this.find(id, owner))) return false
    return (await onDisk(unlessMissing(unlink(path).then(() => true)))) ?? false
  }

  async tidy(): Promise<number> {
    const dropped = await onDisk(this.#dropLeftovers())
    return dropped + (await onDisk(this.#dropExpired()))
  }

  async #dropLeftovers(): Promise<number> {
    let dropped = 0
    for (const name of await namesIn(incomingOf(this.#folder))) {
      const path = join(incomingOf(this.#folder), name)
      const facts = await unlessMissing(stat(path))
      if (!facts || facts.mtimeMs > this.#now() - abandonedMs) continue
      await rm(path, { force: true })
      dropped++
    }
    return dropped
  }

  async #dropExpired(): Promise<number> {
    let dropped = 0
    for (const name of await namesIn(endingsOf(this.#folder))) {
      const ending = readEnding(name)
      if (!ending || ending.expiresAt > this.#now()) continue
      const path = pathOf(this.#folder, ending.id)
      if (path !== undefined && (await unlessMissing(unlink(path).then(() => true)))) dropped++
      await rm(join(endingsOf(this.#folder), name), { force: true })
    }
    return dropped
  }
}

/** Without whatever else the object given may have. */
const factsOf = ({ owner, name, contentType, purpose, expiresAt }: FileFacts): FileFacts => ({
  owner,
  name,
  contentType,
  purpose,
  expiresAt,
})
