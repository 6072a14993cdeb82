import { session, sessionSignal, signOut } from './session.ts'

/** A failure as the gateway tells it, or that it cannot be reached. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly param: string | undefined

  constructor(message: string, { status, code, param }: { status: number; code: string; param?: string | undefined }) {
    super(message)
    this.status = status
    this.code = code
    this.param = param
  }
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  readonly accept?: string
}

const failureOf = async (answer: Response): Promise<ApiError> => {
  const told = await answer.json().catch(() => undefined)
  const { code = 'internal', message = `The gateway answered ${answer.status}.`, param } = told?.error ?? {}
  return new ApiError(String(message), { status: answer.status, code: String(code), param })
}

/** Asks under `/admin/api`. Rejects with an ApiError; a token that holds no longer ends the session. */
export const fetchApi = async (
  path: string,
  { method = 'GET', body, signal, accept }: Asking = {},
): Promise<Response> => {
  const ended = sessionSignal()
  const answer = await fetch(`api${path}`, {
    method,
    cache: 'no-store',
    headers: {
      authorization: `Bearer ${session.value?.token ?? ''}`,
      ...(accept && { accept }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, ended]) : ended,
  }).catch((thrown) => {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown
    throw new ApiError('The gateway cannot be reached.', { status: 0, code: 'unreachable' })
  })
  if (answer.ok) return answer
  const failure = await failureOf(answer)
  if (answer.status === 401 && !ended.aborted) signOut('The token holds no longer. Sign in again.')
  throw failure
}

/** The JSON that is answered; undefined where nothing is. */
export const ask = async <T>(path: string, asking?: Asking): Promise<T> => {
  const answer = await fetchApi(path, asking)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** A query of what is given; empty and undefined fields are left out. */
export const queryOf = (fields: Readonly<Record<string, string | number | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== '') query.set(name, String(value))
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
