/** What spreadsheets take for a formula when a cell begins with it. */
const formula = /^[\s]*[=+\-@]|^[\t\r]/

const cell = (value: string): string => {
  const safe = formula.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A table as CSV (RFC 4180). No cell is taken for a formula, whoever chose its words. */
export const csvOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
