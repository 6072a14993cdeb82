import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** For the environment of programs that tests start: what was compiled once is not compiled by each of them anew. */
export const compiled: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)),
}
