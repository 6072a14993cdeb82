import process from 'node:process'
import { isObject, type JsonObject } from '../core/json.ts'
import { readEvents, type SseEvent } from '../wire/sse.ts'
import { Failure } from './failure.ts'

export interface DoorOptions {
  readonly url?: string | undefined
  readonly token?: string | undefined
}

/** The administrators' door of a server that runs. */
export interface AdminDoor {
  /** What a route answers. */
  read(path: string): Promise<JsonObject>
  /** The events of a route, until they end or the signal says so. */
  follow(path: string, signal: AbortSignal): AsyncIterable<SseEvent>
}

export const usualUrl = 'http://127.0.0.1:4000'

/** A door by its address and token; both may come from the environment. Fails with words for whoever sits there. */
export const openDoor = ({ url = usualUrl, token = process.env.TOLLGATE_ADMIN_TOKEN }: DoorOptions): AdminDoor => {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new Failure(`--url: ${url} is no http address.`)
  if (!token) throw new Failure('An admin token is needed: --token, or TOLLGATE_ADMIN_TOKEN in the environment.')
  const base = url.replace(/\/+$/, '').replace(/\/admin(?:\/api)?$/, '')
  const ask = async (path: string, signal?: AbortSignal): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${base}/admin/api${path}`, { headers, signal: signal ?? null }).catch((error) => {
      if (signal?.aborted) throw error
      throw new Failure(`Nothing answers at ${base}. Does the server run there? --url names another address.`)
    })
    if (answer.ok) return answer
    throw new Failure(`${base} refuses: ${messageOf(await answer.text(), answer.status)}`)
  }
  return {
    read: async (path) => {
      const value: unknown = await (await ask(path)).json()
      if (!isObject(value)) throw new Failure(`${base} answers something else than a Tollgate.`)
      return value
    },
    follow: async function* (path, signal) {
      const answer = await ask(path, signal)
      let rest = ''
      try {
        for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const end = (rest + text).lastIndexOf('\n\n') + 2
          const whole = (rest + text).slice(0, end)
          rest = (rest + text).slice(end)
          yield* readEvents(Buffer.from(whole))
        }
      } catch (error) {
        if (!signal.aborted) throw new Failure(`${base} does not answer any more: ${(error as Error).message}`)
      }
    },
  }
}

const messageOf = (text: string, status: number): string => {
  try {
    const { error } = JSON.parse(text)
    return String(error.message)
  } catch {
    return `status ${status}`
  }
}
