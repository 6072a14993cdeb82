import type { ServerResponse } from 'node:http'
import type { Outlet } from '../deliver.ts'

/** A reader that takes nothing for this long is given up. */
const stallMs = 60_000

/** Writes to a socket; waits while the caller reads slowly, and gives up when it does not read at all. */
export const outletOf = (response: ServerResponse, writeStallMs = stallMs): Outlet => {
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        response.off('drain', end).off('close', end)
        resolve()
      }
      const timer = setTimeout(() => response.destroy(), writeStallMs)
      response.on('drain', end).on('close', end)
    })
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
      if (piece === undefined) response.end()
      else response.end(piece)
    },
    destroy: () => {
      response.destroy()
    },
  }
}
