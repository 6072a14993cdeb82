import * as z from 'zod'

/** A name of anything: it travels in HTTP, logs and metrics, so it is one line without control characters. */
export const nameText = z.string().regex(/^\P{Cc}{1,256}$/u, 'must have 1 to 256 characters without control characters')

/** Unix milliseconds of a moment that calendars know. */
export const instant = z.int().min(0).max(8_640_000_000_000_000)
