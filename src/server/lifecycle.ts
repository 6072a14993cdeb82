import type { GatewayServer } from './node.ts'

export interface DrainOptions {
  /** How long `/readyz` says no while everything is still served, so that load balancers turn away. */
  readonly notReadyMs: number
  /** How long answers that have begun may go on after that. */
  readonly streamsMs: number
  /** Ends what is still under way, each with an error in its own stream. */
  cancelAll(): void
  /** A second signal: no more waiting. */
  readonly hurry: AbortSignal
}

const cancelGraceMs = 2_000

/** Ends a server without breaking an answer: first unready, then closed to newcomers, then patient, then firm. */
export const drain = async ({ server, drain: turnAway }: GatewayServer, options: DrainOptions): Promise<void> => {
  turnAway()
  await wait(options.notReadyMs, options.hurry)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // `close` alone waits for idle keep-alive connections, which may be many seconds.
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), 250)
  const finished = await Promise.race([
    closed.then(() => true),
    wait(options.streamsMs, options.hurry).then(() => false),
  ])
  if (!finished) {
    options.cancelAll()
    const over = new AbortController()
    await Promise.race([closed, wait(cancelGraceMs, over.signal)])
    over.abort()
    server.closeAllConnections()
    await closed
  }
  clearInterval(idle)
}

const wait = (ms: number, hurry: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (ms <= 0 || hurry.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      hurry.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    hurry.addEventListener('abort', end, { once: true })
  })
