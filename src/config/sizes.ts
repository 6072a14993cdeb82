const bytesOf = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 } as const

/** How sizes are written: `512KiB`, `32MiB`, `1GB`; `MiB` counts by 1024, `MB` by 1000. */
export const sizePattern = '\\d+(?:\\.\\d+)? ?(?:B|[kKMG]i?B)'

/** A written size in whole bytes, or undefined when it is none. */
export const sizeBytes = (text: string): number | undefined => {
  const match = new RegExp(`^(${sizePattern})$`).test(text) ? /^([\d.]+) ?(\w+)$/.exec(text) : null
  if (!match) return undefined
  return Math.round(Number(match[1]) * bytesOf[match[2]?.toLowerCase() as keyof typeof bytesOf])
}

/** How shares are written when not as a number from 0 to 1: `1%`, `0.5%`. */
export const percentPattern = '\\d+(?:\\.\\d+)?%'

/** A written percentage as a number, `5%` being 0.05, or undefined when it is none. */
export const percentShare = (text: string): number | undefined =>
  new RegExp(`^${percentPattern}$`).test(text) ? Number(text.slice(0, -1)) / 100 : undefined
