import { useRef, useState } from 'preact/hooks'
import type { CallRow } from '../types.ts'

/** The latest calls, newest first. Many that come at once are shown at once. */
export const useTail = (
  most: number,
): { readonly rows: readonly CallRow[]; take(row: unknown): void; clear(): void } => {
  const [rows, setRows] = useState<readonly CallRow[]>([])
  const waiting = useRef<CallRow[]>([])
  const show = (): void => {
    const more = waiting.current.splice(0).reverse()
    setRows((before) => [...more, ...before].slice(0, most))
  }
  return {
    rows,
    take: (row) => {
      if (waiting.current.push(row as CallRow) === 1) setTimeout(show, 250)
    },
    clear: () => setRows([]),
  }
}
