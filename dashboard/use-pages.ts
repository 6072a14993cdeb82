import { useEffect, useState } from 'preact/hooks'
import { ApiError, ask } from './api.ts'
import type { PageOf } from './types.ts'
import { type Loaded, useLoad } from './use-load.ts'

/** A list that goes on page by page. */
export interface Paged<T> {
  readonly first: Loaded<PageOf<T>>
  readonly rows: readonly T[]
  /** Asks for the next page; undefined: there is none. */
  readonly goOn: (() => Promise<void>) | undefined
  /** Why the next page is not there. */
  readonly error: ApiError | undefined
  /** Begins anew. */
  reload(): void
}

/** Asks for a list; `cursor` is what its routes call the place where it goes on. */
export const usePages = <T>(path: string | undefined, cursor: 'cursor' | 'after' = 'cursor'): Paged<T> => {
  const first = useLoad<PageOf<T>>(path)
  const [more, setMore] = useState<readonly PageOf<T>[]>([])
  const [error, setError] = useState<ApiError>()
  useEffect(() => {
    setMore([])
    setError(undefined)
  }, [path])
  const next = more.length > 0 ? more.at(-1)?.next : first.data?.next
  const goOn = async (): Promise<void> => {
    try {
      const sign = path?.includes('?') ? '&' : '?'
      const page = await ask<PageOf<T>>(`${path}${sign}${cursor}=${encodeURIComponent(next ?? '')}`)
      setMore([...more, page])
      setError(undefined)
    } catch (thrown) {
      if (thrown instanceof ApiError) setError(thrown)
    }
  }
  const reload = (): void => {
    setMore([])
    first.reload()
  }
  const rows = [...(first.data?.data ?? []), ...more.flatMap(({ data }) => data)]
  return { first, rows, goOn: next ? goOn : undefined, error, reload }
}
