/** An answer that is kept, and whose it is. */
export interface CacheEntry {
  /** `Identity.key`, or the frame and the text of an embeddings item. */
  readonly key: string
  readonly scope: string
  /** The public model. */
  readonly model: string
  /** The virtual key that asked first. */
  readonly owner: string
  readonly tags: Readonly<Record<string, string>>
  /** Unix milliseconds. It is fresh before `freshUntil` and gone from `expiresAt` on. */
  readonly storedAt: number
  readonly freshUntil: number
  readonly expiresAt: number
  /** A `KeptAnswer`, or a vector, in bytes. */
  readonly value: Uint8Array
  /** What it is compared by with other questions; absent: it is the answer to this very question only. */
  readonly likeness?: { readonly frame: string; readonly text: string; readonly vector: Float32Array } | undefined
}

/** A kept answer as it is looked for by similarity. */
export interface SimilarEntry {
  readonly key: string
  readonly text: string
  readonly vector: Float32Array
  readonly expiresAt: number
}

/** Which kept answers are meant: those to which all of this applies. Empty: all of them. */
export interface CacheFilter {
  readonly key?: string | undefined
  /** As `cacheScopeOf` gives it, such as `team:shop`. */
  readonly scope?: string | undefined
  readonly owner?: string | undefined
  readonly model?: string | undefined
  /** `name=value` */
  readonly tag?: string | undefined
}

/** `look`: finding it counts as no use of it, and changes nothing. Default: it is used. */
export type Finding = 'look' | undefined

/** How much is kept. */
export interface CacheStanding {
  readonly memory: { readonly entries: number; readonly bytes: number; readonly mostBytes: number }
  /** Undefined: nothing is kept beyond this process. As of a moment ago. */
  readonly disk:
    | {
        readonly entries: number
        readonly bytes: number
        readonly mostBytes: number
        /** Entries that were not written since the start: they came too fast, were too large, or the disk was full. */
        readonly dropped?: number | undefined
      }
    | undefined
}

/**
 * Answers that are kept, the quickest tier first. What cannot be read, is not whole, or belongs to another scope is not
 * there. Losing what is kept loses money, never a call: nothing here rejects but `purge`.
 */
export interface AnswerCache {
  /** Gives a promise only where it must wait: 50 ms at most. Undefined: it is not there, or has expired. */
  find(key: string, scope: string, how?: Finding): CacheEntry | undefined | Promise<CacheEntry | undefined>
  /** Keeps it soon; an older one of this key is replaced. */
  put(entry: CacheEntry): void
  /** Everything of a frame that can be compared with: the 20 000 newest. */
  similar(frame: string, scope: string): Promise<readonly SimilarEntry[]>
  /**
   * Gives how many were there. This process gives none of them from now on, no other one from a second later on. Rejects
   * with `store_unavailable` when what lies on disk could not be reached.
   */
  purge(filter: CacheFilter): Promise<number>
  /**
   * Calls back when entries were purged here or by another process, pushed out, have expired, or are replaced: then within
   * `put`, before the new one is there. `undefined`: all may be gone. What another process pushed out is not told: it is
   * not found.
   */
  listen(gone: (keys: readonly string[] | undefined) => void): void
  standing(): CacheStanding
  close(): Promise<void>
}
