import { useEffect, useRef, useState } from 'preact/hooks'
import { fetchApi } from './api.ts'
import { eventsIn, type Listener } from './events.ts'

/** `connecting` at first, `lost` while it is tried again, `paused` while nobody looks. */
export type LiveState = 'connecting' | 'live' | 'paused' | 'lost'

const longestWaitMs = 30_000
/** A beat comes each second; who is silent for so long is gone. */
const silenceMs = 10_000

interface Watch {
  readonly path: string
  readonly signal: AbortSignal
  readonly begun: () => void
  readonly tell: Listener
}

/** Reads a stream until it ends, breaks off or falls silent. */
const watchOnce = async ({ path, signal, begun, tell }: Watch): Promise<void> => {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    const answer = await fetchApi(path, {
      signal: AbortSignal.any([signal, silence.signal]),
      accept: 'text/event-stream',
    })
    const take = eventsIn(tell)
    begun()
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
      take(text)
    }
  } finally {
    clearTimeout(timer)
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Follows what happens, over and over again; undefined: nothing is followed. Stops while the page is not looked at. */
export const useLive = (path: string | undefined, tell: Listener): LiveState => {
  const [state, setState] = useState<LiveState>('paused')
  const [isVisible, setVisible] = useState(document.visibilityState === 'visible')
  const listener = useRef(tell)
  listener.current = tell
  useEffect(() => {
    const look = (): void => setVisible(document.visibilityState === 'visible')
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  useEffect(() => {
    if (path === undefined || !isVisible) return setState('paused')
    const leaving = new AbortController()
    const { signal } = leaving
    const follow = async (): Promise<void> => {
      setState('connecting')
      let failures = 0
      const begun = (): void => {
        failures = 0
        setState('live')
      }
      while (!signal.aborted) {
        await watchOnce({ path, signal, begun, tell: (event, data) => listener.current(event, data) }).catch(() => {})
        if (signal.aborted) return
        setState('lost')
        // Spread, so that all who were cut off do not come back at once.
        await pause(Math.min(longestWaitMs, 1_000 * 2 ** failures++) * (0.75 + Math.random() / 2), signal)
      }
    }
    void follow()
    return () => leaving.abort()
  }, [path, isVisible])
  return state
}
