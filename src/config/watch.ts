import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  readonly file: string
  /** The file has another content than before, and it stayed the same for a moment; or it is gone. */
  changed(): void
  /** How often the file is looked at though nothing was heard of it, in milliseconds. Default 2 000. */
  readonly everyMs?: number | undefined
  /** How long it must stay the same before it is believed to be written, in milliseconds. Default 100. */
  readonly settleMs?: number | undefined
}

/** Something that is being watched. */
export interface Watching {
  close(): void
}

/**
 * Watches the content of a file, whoever changes it and however: written in place, replaced by a rename, or behind a link
 * that is put elsewhere. What the system tells of the folder only makes it look at once. It looks from time to time anyway,
 * for links, network drives and folders that are replaced tell nothing.
 */
export const watchFile = (options: WatchOptions): Watching => new FileWatch(options)

const largestBytes = 16 * 1024 * 1024
const gone = 'gone'

class FileWatch implements Watching {
  readonly #options: WatchOptions
  readonly #settleMs: number
  readonly #timer: NodeJS.Timeout
  #folder: FSWatcher | undefined
  #settling: NodeJS.Timeout | undefined
  /** What was told of last; undefined until it was first read. */
  #known: string | undefined
  #seen: string | undefined
  #looking = false
  #again = false
  #closed = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.#settleMs = options.settleMs ?? 100
    this.#timer = setInterval(() => void this.#look(), options.everyMs ?? 2_000)
    this.#timer.unref()
    this.#listen()
    void this.#look()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    clearTimeout(this.#settling)
    this.#folder?.close()
  }

  #listen(): void {
    const name = basename(this.#options.file)
    try {
      this.#folder = watch(dirname(this.#options.file), { persistent: false }, (_, changed) => {
        // A folder of Kubernetes tells of its link `..data` only.
        if (changed === null || changed === name || changed.startsWith('..')) this.#soon()
      })
      // It ends when the folder is removed; looking from time to time goes on.
      this.#folder.on('error', () => this.#folder?.close())
    } catch {
      // There is no watching here; looking from time to time must do.
    }
  }

  #soon(): void {
    clearTimeout(this.#settling)
    if (this.#closed) return
    this.#settling = setTimeout(() => void this.#look(), this.#settleMs)
    this.#settling.unref()
  }

  /** One look at a time: a look that comes too early for what happened is followed by another. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true
      return
    }
    this.#looking = true
    const content = await contentOf(this.#options.file)
    this.#looking = false
    if (this.#closed) return
    if (this.#again) {
      this.#again = false
      this.#soon()
    }
    this.#judge(content)
  }

  /** Editors remove a file before they write it anew, and write it piece by piece: it must look the same twice. */
  #judge(content: string): void {
    if (this.#known === undefined) {
      this.#known = content
      this.#seen = content
    } else if (content !== this.#seen) {
      this.#seen = content
      this.#soon()
    } else if (content !== this.#known) {
      this.#known = content
      this.#options.changed()
    }
  }
}

const contentOf = async (file: string): Promise<string> => {
  try {
    const bytes = await readFile(file)
    return createHash('sha256').update(bytes.subarray(0, largestBytes)).digest('base64')
  } catch {
    return gone
  }
}
