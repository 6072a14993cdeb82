import type { CutText } from '../core/json-within.ts'
import type { Transcript } from '../core/transcript.ts'

export interface TakingDown {
  /** So many bytes are taken down. */
  readonly most: number
  /** Is there room for so many bytes more? Then they are held until it is told what was said. */
  hold(bytes: number): boolean
  /** What was said, undefined if it was no text, and the bytes that were held; `isLost`: there was no room for all of it. */
  told(said: CutText | undefined, of: { readonly held: number; readonly isLost: boolean }): void
}

/** How an answer becomes text, by its content type; undefined: it is none. */
const encodingOf = (contentType: string): BufferEncoding | undefined => {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (type === 'text/event-stream' || type === 'application/json' || type.endsWith('+json')) return 'utf8'
  // Frames around JSON: each byte a character, so that nothing is lost.
  return type === 'application/vnd.amazon.eventstream' ? 'latin1' : undefined
}

/** Takes down an answer, if it is text, and tells what it was when it is over. */
export const takeDown = ({ most, hold, told }: TakingDown): Transcript => {
  const pieces: Buffer[] = []
  let encoding: BufferEncoding | undefined
  let held = 0
  let isCut = false
  let isLost = false
  return {
    begin: (contentType) => {
      encoding = encodingOf(contentType)
    },
    take: (piece) => {
      if (encoding === undefined || isCut || isLost) return
      const left = most - held
      const bytes = typeof piece === 'string' ? Buffer.from(piece.slice(0, left)) : Buffer.from(piece.subarray(0, left))
      isCut = piece.length > left || bytes.length > left
      const kept = bytes.subarray(0, left)
      isLost = !hold(kept.length)
      if (isLost) return
      pieces.push(kept)
      held += kept.length
    },
    end: () => told(encoding && { text: Buffer.concat(pieces).toString(encoding), isCut }, { held, isLost }),
  }
}
