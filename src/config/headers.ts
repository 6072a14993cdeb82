import type { Path } from './complaints.ts'
import type { Complain } from './issues.ts'

/** Headers that belong to the connection or to the request's own bytes; setting them would break it. */
const owned: readonly string[] = [
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** Configured headers under lower-case names; what could not be sent is complained of, never with its value. */
export const headersFrom = (
  written: Readonly<Record<string, string>>,
  path: Path,
  complain: Complain,
): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(written)) {
    const at = [...path, name]
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) complain(at, 'is not a name that a header can have', 'key')
    else if (owned.includes(lower)) complain(at, 'is set by the gateway itself', 'key')
    else if (Object.hasOwn(headers, lower)) complain(at, 'is given twice', 'key')
    else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) complain(at, 'holds characters that a header cannot carry')
    else headers[lower] = value
  }
  return headers
}
