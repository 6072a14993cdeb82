import { invalid } from '../core/errors.ts'

/** Where a list of calls goes on: after this one, newest first. */
export interface CallPlace {
  /** Unix milliseconds. */
  readonly startedAt: number
  /** Tells calls of one millisecond apart. */
  readonly seq: number
}

/** A place as text. */
export const writePlace = ({ startedAt, seq }: CallPlace): string =>
  Buffer.from(`${startedAt}-${seq}`).toString('base64url')

/** A place from its text. Throws `invalid_request` for another text. */
export const readPlace = (text: string): CallPlace => {
  const [, startedAt, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (startedAt === undefined || seq === undefined) throw invalid('after', 'is not one of a page before')
  return { startedAt: Number(startedAt), seq: Number(seq) }
}
