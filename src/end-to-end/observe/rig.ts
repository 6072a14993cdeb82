import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { type Running, startServer } from '../../server/start.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'

/** A server before one fake upstream, and its administrators' door. */
export interface ObserveRig extends AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly running: Running
  /** The folder of its store. */
  readonly folder: string
  call(more?: JsonObject, key?: string): Promise<Response>
  /** What an admin route answers. */
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** The same as JSON. */
  read(path: string): Promise<JsonObject>
  restart(): Promise<void>
}

export const adminToken = 'the-token-of-the-admins'
export const callerKey = 'sk-a-key-of-a-caller-1'

const settings = (url: string, folder: string): ConfigInput => ({
  server: { port: 0, drain: { notReady: '0s', streams: '1s' }, admin: { token: adminToken } },
  discover: false,
  store: `sqlite:${join(folder, 'tollgate.db')}`,
  telemetry: { log: 'silent' },
  providers: { open: { kind: 'openai-compatible', baseUrl: `${url}/v1`, apiKey: 'sk-a-key-of-the-provider' } },
  models: { chat: ['open/a', 'open/b'], code: 'open/c' },
  retry: { attempts: 2 },
  prices: { 'open/*': { input: 1, output: 10 } },
  keys: [
    { name: 'web', key: callerKey, team: 'shop' },
    { name: 'app', key: 'sk-a-key-of-a-caller-2', team: 'lab' },
  ],
})

/** Starts it all on free ports of 127.0.0.1. */
export const startObserveRig = async (input: ConfigInput = {}): Promise<ObserveRig> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-observe-'))
  const upstream = await startFakeUpstream()
  const config = await parseConfig({ ...settings(upstream.url, folder), ...input }, {})
  let running = await startServer(config)
  const ask: ObserveRig['ask'] = (path, headers = {}) =>
    fetch(`${running.url}/admin/api${path}`, { headers: { authorization: `Bearer ${adminToken}`, ...headers } })
  return {
    upstream,
    folder,
    get running() {
      return running
    },
    call: (more = {}, key = callerKey) =>
      fetch(`${running.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hi' }], ...more }),
      }),
    ask,
    read: async (path) => {
      const answer = await ask(path)
      const value: unknown = await answer.json()
      if (!answer.ok || !isObject(value)) throw new Error(`${path}: ${answer.status} ${JSON.stringify(value)}`)
      return value
    },
    restart: async () => {
      await running.stop(AbortSignal.abort())
      running = await startServer(config)
    },
    async [Symbol.asyncDispose]() {
      await running.stop(AbortSignal.abort())
      await upstream.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
