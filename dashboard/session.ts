import { signal } from '@preact/signals'

/** Who is signed in. The token lives as long as this tab, and is sent in one header and nowhere else. */
export interface Session {
  readonly token: string
  readonly actor: string
  readonly mayWrite: boolean
}

const place = 'tollgate.token'

/** Undefined: nobody is signed in. Null: that is not known yet. */
export const session = signal<Session | undefined | null>(null)

/** Why somebody has to sign in again. */
export const notice = signal<string | undefined>(undefined)

/** Stops everything that is asked for in the name of a session that ended. */
let ending = new AbortController()
export const sessionSignal = (): AbortSignal => ending.signal

export const signOut = (because?: string): void => {
  ending.abort()
  ending = new AbortController()
  sessionStorage.removeItem(place)
  session.value = undefined
  notice.value = because
}

/** Signs in with a token. The answer says what is wrong; undefined: nothing is. */
export const signIn = async (token: string): Promise<string | undefined> => {
  if (!/^[\x21-\x7e]+$/.test(token)) return 'A token has no spaces and only plain letters, digits and signs.'
  let answer: Response
  try {
    answer = await fetch('api/session', { headers: { authorization: `Bearer ${token}` }, cache: 'no-store' })
  } catch {
    return 'The gateway cannot be reached.'
  }
  if (answer.status === 401)
    return 'This token is not valid. The server prints one when it starts, unless one is configured.'
  const told = await answer.json().catch(() => undefined)
  if (!answer.ok) return told?.error?.message ?? `The gateway answered ${answer.status}.`
  sessionStorage.setItem(place, token)
  notice.value = undefined
  session.value = { token, actor: String(told.actor), mayWrite: told.permissions.includes('write') }
  return undefined
}

/** Goes on with the token of this tab, if it still holds. */
export const resume = async (): Promise<void> => {
  const token = sessionStorage.getItem(place)
  const problem = token === null ? undefined : await signIn(token)
  if (session.value === null) {
    session.value = undefined
    notice.value = problem
  }
}
