import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError } from '../../core/errors.ts'

/**
 * Makes an empty file that only this user can read; the database gives its other files the same mode. One that exists is
 * not even opened here: closing it would drop the locks that other connections of this process have on it.
 */
export const makeFile = (file: string): void => {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600))
  } catch (cause) {
    // Another process was faster.
    if (existsSync(file)) return
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError('store_unavailable', `${file} cannot be made: ${why}`, { cause })
  }
}
