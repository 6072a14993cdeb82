import type { ServerResponse } from 'node:http'
import type { Outlet } from '../deliver.ts'

/** A reader that takes nothing for this long is given up. */
const stallMs = 60_000

/** Writes to a socket; waits while the caller reads slowly, and gives up when it does not read at all. */
export const outletOf = (response: ServerResponse, writeStallMs = stallMs): Outlet => {
  // The socket's own clock: it counts only time in which no byte moves, within a large piece too.
  const watch = (isOn: boolean): void => {
    response.setTimeout(isOn ? writeStallMs : 0)
  }
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        response.off('drain', end).off('close', end)
        watch(false)
        resolve()
      }
      response.on('drain', end).on('close', end)
      watch(true)
    })
  response.on('timeout', () => response.destroy())
  return {
    get closed() {
      return response.destroyed || response.writableEnded
    },
    head: (status, headers) => {
      response.writeHead(status, headers)
    },
    write: (piece) => {
      if (response.destroyed) return undefined
      return response.write(piece) ? undefined : drained()
    },
    end: (piece) => {
      if (response.destroyed) return
      watch(true)
      if (piece === undefined) response.end()
      else response.end(piece)
    },
    destroy: () => {
      response.destroy()
    },
  }
}
