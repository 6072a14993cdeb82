/** How a column stands: words to the left, counts to the right, money with its points under each other. */
export type Alignment = 'left' | 'right' | 'point'

export interface Column {
  readonly heading: string
  readonly align: Alignment
}

/**
 * Rows under headings, columns as wide as their widest cell; a heading alone stands for a column of words. Columns in
 * which no row says anything are left out.
 */
export const table = (columns: readonly (string | Column)[], rows: readonly (readonly string[])[]): string => {
  const laidOut = columns.flatMap((column, index) => {
    const { heading, align } = typeof column === 'string' ? { heading: column, align: 'left' as const } : column
    const cells = rows.map((row) => printable(row[index] ?? ''))
    const isEmpty = cells.length > 0 && cells.every((cell) => cell === '')
    return isEmpty ? [] : [layOut[align](heading, cells)]
  })
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    laidOut
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  ).join('\n')
}

/** Names in the ledger were made up by callers: none of them may steer the terminal of whoever reads the table. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`)

type LayOut = (heading: string, cells: readonly string[]) => readonly string[]

const widthOf = (text: string): number => [...text].length

const widest = (texts: readonly string[]): number => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0)

/** `padEnd` and `padStart` count halves of letters beyond the first plane. */
const blank = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text)))

const left: LayOut = (heading, cells) => {
  const all = [heading, ...cells]
  const width = widest(all)
  return all.map((text) => text + blank(text, width))
}

const right: LayOut = (heading, cells) => {
  const all = [heading, ...cells]
  const width = widest(all)
  return all.map((text) => blank(text, width) + text)
}

const point: LayOut = (heading, cells) => {
  const halves = cells.map((cell) => /^([^.]*)(.*)$/.exec(cell)?.slice(1) ?? [])
  const fraction = widest(halves.map(([, after = '']) => after))
  return right(
    heading,
    halves.map(([before = '', after = '']) => before + after + blank(after, fraction)),
  )
}

const layOut: Readonly<Record<Alignment, LayOut>> = { left, right, point }
