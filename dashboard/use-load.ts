import { useEffect, useRef, useState } from 'preact/hooks'
import { type ApiError, ask } from './api.ts'

/** What was asked for, as far as it is there. */
export interface Loaded<T> {
  /** Kept while it is asked for anew. */
  readonly data: T | undefined
  readonly error: ApiError | undefined
  readonly isLoading: boolean
  /** Asks again. */
  reload(): void
}

export interface LoadOptions {
  /** Asks again after so long, while somebody looks. Default: not by itself. */
  readonly everyMs?: number | undefined
}

interface State<T> {
  readonly data?: T | undefined
  readonly error?: ApiError | undefined
  readonly isLoading: boolean
}

/** Asks for a path under `/admin/api`, again whenever it changes; undefined: nothing is asked for. */
export const useLoad = <T>(path: string | undefined, { everyMs }: LoadOptions = {}): Loaded<T> => {
  const [state, setState] = useState<State<T>>({ isLoading: path !== undefined })
  const [round, setRound] = useState(0)
  const shown = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (path === undefined) return
    const leaving = new AbortController()
    // Another resource, not the same one narrowed down otherwise: what is shown is not about it.
    const isOther = shown.current?.split('?')[0] !== path.split('?')[0]
    setState((before) => ({ data: isOther ? undefined : before.data, isLoading: true }))
    ask<T>(path, { signal: leaving.signal }).then(
      (data) => {
        shown.current = path
        if (!leaving.signal.aborted) setState({ data, isLoading: false })
      },
      (error) => {
        if (!leaving.signal.aborted) setState((before) => ({ data: before.data, error, isLoading: false }))
      },
    )
    return () => leaving.abort()
  }, [path, round])
  useEffect(() => {
    if (everyMs === undefined || path === undefined) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setRound((before) => before + 1)
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs, path])
  return {
    data: state.data,
    error: state.error,
    isLoading: state.isLoading,
    reload: () => setRound((before) => before + 1),
  }
}
