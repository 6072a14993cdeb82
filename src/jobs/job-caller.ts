import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'

/** Who calls may be made for, by the name of a key; undefined: there is no such key any more. */
export type CallerNamed = (key: string) => Caller | undefined

/** The name of whoever asks from inside the program that a gateway is part of. */
export const libraryKey = 'library'

type Kept = Pick<Caller, 'key' | 'org' | 'team' | 'user' | 'endUser' | 'session' | 'tags'>

/** A caller as a job keeps it: what its key says is left out, since that is read anew when the job runs. */
export const writtenCaller = ({ key, org, team, user, endUser, session, tags }: Caller): string => {
  const own: Kept = { key, endUser, session, tags }
  // Nobody but the program itself knows whom it asks for.
  return JSON.stringify(key === libraryKey ? { ...own, org, team, user } : own)
}

/** The caller of a job as it is now. Throws `unauthenticated` where its key is gone. */
export const callerOfJob = (written: string, named: CallerNamed): Caller => {
  const { key, ...own } = JSON.parse(written) as Kept
  const caller = named(key) ?? (key === libraryKey ? { key } : undefined)
  if (caller) return { ...caller, ...own }
  throw new GatewayError(
    'unauthenticated',
    `The key ${JSON.stringify(key)} that asked for this job is not valid any more. Submit it again under another key.`,
  )
}
