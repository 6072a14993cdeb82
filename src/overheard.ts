import type { Transcript } from './core/transcript.ts'
import type { Outlet } from './outlet.ts'

/** An outlet of which everything that goes through it is taken down as well. */
export const overheard = (outlet: Outlet, transcript: Transcript): Outlet => ({
  get closed() {
    return outlet.closed
  },
  get begun() {
    return outlet.begun
  },
  head: (status, headers) => {
    transcript.begin(headers['content-type'] ?? '')
    outlet.head(status, headers)
  },
  write: (piece) => {
    transcript.take(piece)
    return outlet.write(piece)
  },
  end: (piece) => {
    if (piece !== undefined) transcript.take(piece)
    outlet.end(piece)
  },
  abort: () => outlet.abort(),
})
