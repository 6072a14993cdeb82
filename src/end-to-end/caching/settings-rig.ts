import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { type Running, startServer } from '../../server/start.ts'

/** A server that keeps answers as its file says, with its store in a folder of its own. */
export interface SettingsRig extends AsyncDisposable {
  readonly file: string
  readonly store: string
  running: Running
  write(text: string): Promise<void>
  restart(): Promise<void>
  /** Asks a model in one word. */
  ask(model: string, asking?: Asking): Promise<Told>
  admin(method: string, path: string, body?: unknown): Promise<Told>
  metrics(): Promise<string>
}

export interface Asking {
  readonly path?: string | undefined
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly key?: string | undefined
}

export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly cache: string | null
}

const adminToken = 'the-admin-token-of-this-test'

const common = `
discover: false
server: { admin: { token: ${adminToken} }, drain: { notReady: 0s } }
telemetry: { log: silent }
providers: { sim: { kind: simulated, models: [a], latencyMs: { p50: 1, p99: 2 }, tokensPerSecond: 100000 } }
prices: { '*/*': { input: 1, output: 10 } }
keys:
  - { name: web, key: key-of-the-web-shop, team: shop }
  - { name: till, key: key-of-the-till, team: shop }
  - { name: alone, key: key-of-somebody-alone }
`

const told = async (response: Response): Promise<Told> => {
  const { status, headers } = response
  return { status, headers, text: await response.text(), cache: headers.get('x-tollgate-cache') }
}

/** Starts it on a free port of 127.0.0.1. */
export const startSettingsRig = async (text: string): Promise<SettingsRig> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-cache-'))
  const file = join(folder, 'tollgate.yaml')
  const store = `sqlite:${join(folder, 'tollgate.db')}`
  const write = (content: string) => writeFile(file, common + content)
  await write(text)
  const load = async () => (await loadConfig({ file, environment: { PORT: '0', TOLLGATE_STORE: store } })).config
  const start = async () => startServer(await load(), { load })
  const rig: SettingsRig = {
    file,
    store,
    running: await start(),
    write,
    async restart() {
      await rig.running.stop(AbortSignal.abort())
      rig.running = await start()
    },
    ask: async (model, { path = '/v1/chat/completions', body = {}, headers = {}, key = 'key-of-the-web-shop' } = {}) =>
      told(
        await fetch(`${rig.running.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
          body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...body }),
        }),
      ),
    admin: async (method, path, body) =>
      told(
        await fetch(`${rig.running.url}/admin/api/${path}`, {
          method,
          headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
          body: body === undefined ? null : JSON.stringify(body),
        }),
      ),
    metrics: async () =>
      (await fetch(`${rig.running.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } })).text(),
    async [Symbol.asyncDispose]() {
      await rig.running.stop(AbortSignal.abort())
      await rm(folder, { recursive: true, force: true })
    },
  }
  return rig
}
