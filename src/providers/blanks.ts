import type { Blank } from './row.ts'

/** What stands in the blanks of an address. */
export type BlankValues = Partial<Readonly<Record<Blank['name'], string | undefined>>>

/** True for what may stand in an address: a label of a host, a host, or a step of a path. */
export const isBlankValue = (text: string): boolean => /^[A-Za-z0-9](?:[\w.-]{0,126}[A-Za-z0-9])?$/.test(text)

/** An address with its blanks filled; undefined while one of them has no value. Throws RangeError for a value that is none. */
export const fillBlanks = (
  baseUrl: string | undefined,
  blanks: readonly Blank[] | undefined,
  values: BlankValues,
): string | undefined => {
  let filled = baseUrl
  for (const { name, usual } of blanks ?? []) {
    const value = values[name] ?? usual
    if (value === undefined) return undefined
    if (!isBlankValue(value))
      throw new RangeError(`The ${name} of an address must be letters, digits, ".", "-" and "_".`)
    filled = filled?.replace(`{${name}}`, value)
  }
  return filled
}
