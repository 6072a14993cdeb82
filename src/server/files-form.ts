import { GatewayError, invalid } from '../core/errors.ts'
import type { FileFacts } from '../stores/file-store.ts'
import { boundaryOf } from './multipart.ts'
import { type FormPart, formParts } from './multipart-stream.ts'

/** A form with a file, read as it comes. */
export interface FileForm {
  /** The bytes of its file. The form has been read when they end. Fails with `invalid_request`. */
  readonly bytes: AsyncIterable<Buffer>
  /** What the form says of it, once it has been read. Throws `invalid_request`. */
  facts(owner: string, now: number): FileFacts
}

const longestValue = 1_024
const longestName = 255
const purposeForm = /^[a-z][a-z\d_-]{0,63}$/
const typeForm = /^[\x20-\x7e]{1,127}$/
const anchorField = 'expires_after[anchor]'
const secondsField = 'expires_after[seconds]'
const leastSeconds = 3_600
const mostSeconds = 2_592_000

/** Reads an upload as OpenAI's clients send it. Throws `unsupported_media_type` for what is no form. */
export const readFileForm = (contentType: string, source: () => AsyncIterable<Uint8Array>): FileForm => {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined)
    throw new GatewayError('unsupported_media_type', 'A file must be sent as multipart/form-data, in the field "file".')
  const fields = new Map<string, string>()
  let file: FormPart | undefined
  async function* bytes(marked: string): AsyncGenerator<Buffer> {
    for await (const part of formParts(source(), marked)) {
      if (part.name !== 'file' || part.fileName === undefined) {
        if (fields.has(part.name)) throw invalid(part.name, 'must be there once')
        fields.set(part.name, await textOf(part))
        continue
      }
      if (file) throw invalid('file', 'must be there once: upload one file at a time')
      file = part
      yield* part.bytes
    }
  }
  return {
    bytes: bytes(boundary),
    facts: (owner, now) => {
      if (!file) throw invalid('file', 'must be there, as a file')
      const { fileName = '', contentType: type } = file
      const seconds = secondsIn(fields)
      return {
        owner,
        name: shownName(fileName),
        contentType: typeForm.test(type) ? type : 'application/octet-stream',
        purpose: purposeIn(fields),
        expiresAt: seconds === undefined ? undefined : now + seconds * 1_000,
      }
    },
  }
}

const textOf = async ({ name, bytes }: FormPart): Promise<string> => {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > longestValue) throw invalid(name, `must have at most ${longestValue} bytes`)
    pieces.push(Buffer.from(piece))
  }
  return Buffer.concat(pieces).toString()
}

/** Some send the path that a file has on their machine. */
const shownName = (name: string): string =>
  name
    .slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, longestName)
    .toWellFormed() || 'file'

const purposeIn = (fields: ReadonlyMap<string, string>): string => {
  const purpose = fields.get('purpose')
  if (purpose === undefined || !purposeForm.test(purpose) || purpose === 'job')
    throw invalid('purpose', 'must be a word such as batch or user_data')
  return purpose
}

const secondsIn = (fields: ReadonlyMap<string, string>): number | undefined => {
  const anchor = fields.get(anchorField)
  const said = fields.get(secondsField)
  if (anchor === undefined && said === undefined) return undefined
  if (anchor !== 'created_at') throw invalid(anchorField, 'must be created_at')
  const seconds = /^\d{1,9}$/.test(said ?? '') ? Number(said) : 0
  if (seconds < leastSeconds || seconds > mostSeconds)
    throw invalid(secondsField, `must be a whole number from ${leastSeconds} to ${mostSeconds}`)
  return seconds
}
