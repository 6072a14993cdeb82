import type * as z from 'zod'
import { bareHost, isHost, isLoopback, isSendable } from './addresses.ts'
import type { adminSchema } from './admin-schema.ts'
import { shown } from './complaints.ts'
import type { AdminConfig } from './config.ts'
import type { Complain } from './issues.ts'

const shortestToken = 16

/** Who administers, and where. */
export const resolveAdmin = (written: z.output<typeof adminSchema>, complain: Complain): AdminConfig => {
  const { token, readToken, port } = written
  for (const [field, value] of Object.entries({ token, readToken })) {
    if (value === undefined) continue
    const at = ['server', 'admin', field]
    if (value.length < shortestToken) complain(at, `must have at least ${shortestToken} characters`)
    else if (!isSendable(value)) complain(at, 'must be printable ASCII without spaces')
  }
  if (token !== undefined && token === readToken)
    complain(['server', 'admin', 'readToken'], 'must be another than token')
  if (written.host === undefined && port === undefined) return { token, readToken, listen: undefined }
  const host = bareHost(written.host ?? '127.0.0.1')
  const at = ['server', 'admin', 'host']
  if (!isHost(host)) complain(at, `expected an IP address or a host name, got ${shown(host)}`)
  else if (!isLoopback(host) && token === undefined)
    complain(at, `${host} is reachable from other machines; configure server.admin.token or bind 127.0.0.1`)
  return { token, readToken, listen: { host, port: port ?? 0 } }
}
