import { type GatewayError, invalid } from '../core/errors.ts'

/** A field of a form: where its value stands in the body. */
export interface FormField {
  readonly name: string
  readonly isFile: boolean
  readonly from: number
  readonly to: number
}

/** The usual writing, which every server reads alike; others could hide a second model from one that reads them otherwise. */
const disposition =
  /^form-data; ?name="([^"\\\r\n]{1,200})"(?:; ?filename="([^"\r\n]*)"(?:; ?filename\*=[^;"\r\n]*)?)?$/i
const boundaryForm = /^multipart\/form-data; ?boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'()+,./:=?-]{1,70}))$/i
export const mostFields = 200
export const longestHead = 2_048

export const malformed = (what: string): GatewayError => invalid('', `The form cannot be read: ${what}.`)

/** The boundary that a content type names; undefined when it is no form. */
export const boundaryOf = (contentType: string): string | undefined => {
  const [, quoted, plain] = boundaryForm.exec(contentType) ?? []
  return quoted ?? plain
}

/** The fields of a form in their order. Throws `invalid_request` for what servers could read differently. */
export const formFields = (body: Buffer, boundary: string): readonly FormField[] => {
  const mark = Buffer.from(`\r\n--${boundary}`)
  const fields: FormField[] = []
  if (!body.subarray(0, mark.length - 2).equals(mark.subarray(2)))
    throw malformed('it does not begin with its boundary')
  let at = mark.length - 2
  while (body.toString('latin1', at, at + 2) === '\r\n') {
    if (fields.length === mostFields) throw malformed(`it has more than ${mostFields} fields`)
    const from = body.indexOf('\r\n\r\n', at) + 4
    if (from < 4 || from - at > longestHead) throw malformed('a field has no end of its head')
    const to = body.indexOf(mark, from - 2)
    if (to === -1) throw malformed('it has no end')
    const { name, fileName } = headOf(body.toString('utf8', at + 2, from - 4))
    fields.push({ name, isFile: fileName !== undefined, from, to: Math.max(from, to) })
    at = to + mark.length
  }
  if (body.toString('latin1', at, at + 2) !== '--') throw malformed('a boundary does not end its line')
  return fields
}

/** What stands above a field: its name, how its sender calls it where it is a file, and of which type it is said to be. */
export interface FieldHead {
  readonly name: string
  readonly fileName: string | undefined
  /** Empty where nothing is said of it. */
  readonly contentType: string
}

/** Reads what stands above a field. Throws `invalid_request`. */
export const headOf = (head: string): FieldHead => {
  const lines = head.split('\r\n')
  const values = (form: RegExp): string[] => lines.flatMap((line) => form.exec(line)?.[1] ?? [])
  const [said, another] = values(/^content-disposition: ?(.*)$/i)
  const [, name, fileName] = (another === undefined && disposition.exec(said ?? '')) || []
  if (name === undefined) throw malformed('a field has no usual name')
  return { name, fileName, contentType: values(/^content-type: ?(.*)$/i)[0] ?? '' }
}

/** A body with another value for one of its fields. */
export const withField = (body: Buffer, { from, to }: FormField, value: string): Buffer =>
  Buffer.concat([body.subarray(0, from), Buffer.from(value), body.subarray(to)])
