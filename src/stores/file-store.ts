import type { Readable } from 'node:stream'

/** A file that a caller uploaded, or bytes of a job that are too many for its row. */
export interface StoredFile {
  /** `file-` and 24 characters. */
  readonly id: string
  /** Who may see it; as `JobOrder.owner`. */
  readonly owner: string
  readonly name: string
  readonly contentType: string
  /** `batch`, `user_data`, …: the caller's word; `job`: bytes of a job. */
  readonly purpose: string
  readonly size: number
  /** Hex digest of its bytes. */
  readonly sha256: string
  readonly createdAt: number
  readonly expiresAt: number | undefined
}

/** What is told of a file with its bytes. */
export type FileFacts = Pick<StoredFile, 'owner' | 'name' | 'contentType' | 'purpose' | 'expiresAt'>

export interface FileQuery {
  readonly owner: string
  readonly purpose?: string | undefined
  /** The id of the last file of the page before. */
  readonly after?: string | undefined
  readonly limit: number
  /** Default: newest first. */
  readonly isOldestFirst?: boolean | undefined
}

/** Files on disk beside the store. A file is there whole and durable, or not at all. */
export interface FileStore {
  /**
   * Rejects with `too_large` past `most` bytes, with whatever the source fails, and with `store_unavailable`; then nothing is left. Memory
   * stays bounded. A function is asked once all bytes have come, since forms tell of a file also behind it; what it throws is passed on.
   */
  add(file: FileFacts | (() => FileFacts), bytes: Readable | Uint8Array, most: number): Promise<StoredFile>
  /** With an owner: undefined when it is somebody else's. */
  find(id: string, owner?: string): Promise<StoredFile | undefined>
  /** Its bytes. Rejects with `not_found`. */
  read(id: string): Promise<Readable>
  /** Without those of jobs. */
  list(query: FileQuery): Promise<readonly StoredFile[]>
  /** False when there was none. */
  remove(id: string, owner?: string): Promise<boolean>
  /** Deletes what has expired, and leftovers of uploads that broke off. */
  tidy(): Promise<number>
}
