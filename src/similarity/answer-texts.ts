import type { Answer, Form } from '../core/answer.ts'
import type { Reader } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import type { KeptAnswer } from '../core/kept-answer.ts'
import { replay } from '../core/replay.ts'
import { numbersOf } from '../core/vector.ts'

/** Reads bytes of a language; undefined: there is no such language (any more). */
export type FindReader = (wire: string, form: Form) => Reader | undefined

/** More of an answer is not compared. */
const mostBytes = 1_048_576

/** What an answer says, from its bytes; undefined: they cannot be read, or say nothing in words. */
export const textOfBytes = (
  find: FindReader,
  head: { readonly wire: string; readonly form: Form },
  bytes: Iterable<Uint8Array>,
): string | undefined => {
  const reader = find(head.wire, head.form)
  if (!reader) return undefined
  let text = ''
  try {
    for (const each of bytes) text += wordsOf(reader(each))
  } catch {
    return undefined
  }
  return text === '' ? undefined : text
}

const wordsOf = (deltas: readonly Delta[]): string => {
  let text = ''
  for (const delta of deltas) if (delta.kind === 'text' && delta.choice === 0) text += delta.text
  return text
}

/** What a kept answer says; undefined: it cannot be read any more, or says nothing in words. */
export const textOfKept = async (kept: KeptAnswer, reader: FindReader): Promise<string | undefined> => {
  const answer = replay(kept, { reader })
  try {
    return (answer && (await readText(answer))) || undefined
  } catch {
    return undefined
  }
}

/** Reads an answer to its end; gives its words. Rejects as the answer does. */
export const readText = async (answer: Answer): Promise<string> => {
  let text = ''
  for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull()) text += wordsOf(chunk.deltas)
  return text
}

/** Reads an answer to its end; gives its first vector. */
export const readVector = async (answer: Answer): Promise<Float32Array | undefined> => {
  let vector: Float32Array | undefined
  for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull())
    for (const delta of chunk.deltas)
      if (delta.kind === 'vector' && delta.index === 0) vector = Float32Array.from(numbersOf(delta.vector))
  return vector
}

/** Looks at an answer from the side, and tells its bytes when it is whole; not those of one that is too long. */
export const overhear = (answer: Answer, whole: (chunks: readonly Uint8Array[]) => void): Answer => {
  const chunks: Uint8Array[] = []
  let size = 0
  return answer.watch({
    chunk: ({ bytes }) => {
      size += bytes.byteLength
      if (size <= mostBytes) chunks.push(bytes)
      else chunks.length = 0
    },
    // `done` fires before the last chunk is handed out, and after it was told of.
    done: () => {
      if (size <= mostBytes) whole(chunks)
    },
  })
}
