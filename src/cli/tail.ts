import process from 'node:process'
import { isObject, type JsonObject } from '../core/json.ts'
import { type DoorOptions, openDoor } from './admin-door.ts'
import { callLine } from './call-text.ts'
import { print, printJsonLine, tell } from './output.ts'

export interface TailOptions extends DoorOptions {
  readonly last?: number
  readonly model?: string
  readonly target?: string
  readonly provider?: string
  readonly key?: string
  readonly team?: string
  readonly endUser?: string
  readonly session?: string
  readonly tag?: string
  readonly outcome?: string
  readonly error?: string
  readonly slower?: number
  readonly json?: boolean
}

const filters = ['model', 'target', 'provider', 'key', 'team', 'endUser', 'session', 'tag', 'outcome', 'error'] as const

const queryOf = (options: TailOptions): URLSearchParams => {
  const query = new URLSearchParams()
  for (const name of filters) {
    const value = options[name]
    if (value !== undefined) query.set(name, value)
  }
  if (options.slower !== undefined) query.set('minDurationMs', String(options.slower))
  return query
}

/** Prints each call as it ends, until the server stops or whoever looks does. */
export const tail = async (options: TailOptions): Promise<void> => {
  const door = openDoor(options)
  const query = queryOf(options)
  const show = (call: JsonObject): void => (options.json ? printJsonLine(call) : print(callLine(call)))
  if (options.last !== undefined) {
    const { data } = await door.read(`/calls?${new URLSearchParams([...query, ['limit', String(options.last)]])}`)
    if (Array.isArray(data)) for (const call of data.toReversed()) if (isObject(call)) show(call)
  }
  const leaving = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort())
  for await (const { event, data } of door.follow(`/live?${query}`, leaving.signal)) {
    const value: unknown = JSON.parse(data)
    if (!isObject(value)) continue
    if (event === 'call') show(value)
    else if (Number(value.dropped) > 0) tell(`-- ${value.dropped} more calls ended; 20 a second are shown`)
  }
}
