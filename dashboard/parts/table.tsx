import type { ComponentChildren } from 'preact'

/** One column of a table. */
export interface Column<T> {
  readonly title: string
  /** Numbers stand to the right. */
  readonly isNumber?: boolean
  readonly cell: (row: T) => ComponentChildren
  /** It names its row. Default: the first column does. */
  readonly isHead?: boolean
}

interface TableProps<T> {
  /** What the table tells, for those who do not see where it stands. */
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
  /** Under the rows. */
  readonly foot?: ComponentChildren
}

/** A table that scrolls sideways by itself where there is no room. */
export const Table = <T,>({ caption, columns, rows, keyOf, foot }: TableProps<T>) => {
  const head = Math.max(
    0,
    columns.findIndex(({ isHead }) => isHead),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard.
    <section class="table" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber ? 'right' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ title, isNumber, cell }, index) =>
                index === head ? (
                  <th key={title} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={title} class={isNumber ? 'right' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </section>
  )
}
