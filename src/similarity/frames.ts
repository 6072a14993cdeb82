import { createNearest, type Nearest } from './nearest.ts'

/** A kept question, as it is compared. */
export interface Kept {
  readonly key: string
  readonly text: string
  readonly vector: Float32Array
}

/** The kept questions of one frame. */
export interface Frame {
  readonly name: string
  search(vector: Float32Array, count: number, floor: number): readonly { readonly key: string; readonly text: string }[]
  add(kept: Kept): void
  remove(key: string): void
}

export interface FramesOptions {
  /** Everything that is kept of a frame. */
  load(frame: string, scope: string): Promise<readonly Kept[]>
  /** On any clock that goes forward, in milliseconds. */
  now(): number
  /** Bytes of all frames together; what was not asked for longest is left out. Default 64 MiB. */
  readonly mostBytes?: number | undefined
  /** Questions of one frame. Default 20,000. */
  readonly mostOfFrame?: number | undefined
}

/** The frames that were asked for lately, in memory. */
export interface Frames {
  /** Loaded when it is not there. */
  open(frame: string, scope: string): Promise<Frame>
  /** These are gone, or all. */
  forget(keys: readonly string[] | undefined): void
}

/** What other processes kept is seen when a frame is loaded anew. */
const freshMs = 60_000

interface Held extends Frame {
  readonly loadedAt: number
  readonly bytes: number
}

export const createFrames = (options: FramesOptions): Frames => {
  const { load, now, mostBytes = 64 * 2 ** 20, mostOfFrame = 20_000 } = options
  const frames = new Map<string, Held>()
  const loading = new Map<string, Promise<Held>>()

  const trim = (): void => {
    let bytes = 0
    for (const held of frames.values()) bytes += held.bytes
    for (const [id, held] of frames) {
      if (bytes <= mostBytes || frames.size === 1) return
      frames.delete(id)
      bytes -= held.bytes
    }
  }
  const fetch = (id: string, frame: string, scope: string): Promise<Held> => {
    const known = loading.get(id)
    if (known) return known
    const coming = load(frame, scope)
      .then((kept) => {
        const held = createHeld(frame, kept, { most: mostOfFrame, loadedAt: now() })
        frames.delete(id)
        frames.set(id, held)
        trim()
        return held
      })
      .finally(() => loading.delete(id))
    loading.set(id, coming)
    return coming
  }
  return {
    open: async (frame, scope) => {
      const id = JSON.stringify([scope, frame])
      const held = frames.get(id)
      if (!held) return fetch(id, frame, scope)
      frames.delete(id)
      frames.set(id, held)
      if (now() - held.loadedAt > freshMs) fetch(id, frame, scope).catch(() => undefined)
      return held
    },
    forget: (keys) => {
      if (keys === undefined) frames.clear()
      else for (const key of keys) for (const held of frames.values()) held.remove(key)
    },
  }
}

interface HeldOptions {
  readonly most: number
  readonly loadedAt: number
}

const createHeld = (name: string, kept: readonly Kept[], { most, loadedAt }: HeldOptions): Held => {
  const texts = new Map<string, string>()
  let nearest: Nearest | undefined
  let letters = 0
  const add = ({ key, text, vector }: Kept): void => {
    nearest ??= createNearest({ dimensions: vector.length, most })
    const pushedOut = nearest.size >= most && !texts.has(key) ? texts.keys().next().value : undefined
    if (pushedOut !== undefined) remove(pushedOut)
    if (!nearest.add(key, vector)) return
    letters += text.length - (texts.get(key)?.length ?? 0)
    texts.delete(key)
    texts.set(key, text)
  }
  const remove = (key: string): void => {
    const text = texts.get(key)
    if (text === undefined) return
    letters -= text.length
    texts.delete(key)
    nearest?.remove(key)
  }
  for (const each of kept) add(each)
  return {
    name,
    loadedAt,
    add,
    remove,
    search: (vector, count, floor) =>
      nearest?.search(vector, count, floor).map(({ key }) => ({ key, text: texts.get(key) ?? '' })) ?? [],
    get bytes() {
      return (nearest?.bytes ?? 0) + 2 * letters + 100 * texts.size + 1000
    },
  }
}
