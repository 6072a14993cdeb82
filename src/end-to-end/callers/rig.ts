import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { type Running, startServer } from '../../server/start.ts'

/** What administrators send in these tests. */
export const adminToken = 'admin-token-of-the-test'

/** A server as the command line starts it, with a provider inside the process. */
export interface Rig extends AsyncDisposable {
  readonly running: Running
  /** Asks a question; gives the status of the answer. */
  ask(key?: string, headers?: Readonly<Record<string, string>>): Promise<number>
  /** Asks the administrators' door; gives what it answers, and fails when it refuses. */
  administer(method: string, path: string, body?: object): Promise<Record<string, unknown>>
}

const settings: ConfigInput = {
  discover: false,
  server: { port: 0, drain: { notReady: '0s', streams: '2s' }, admin: { token: adminToken } },
  providers: { sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6 } },
  models: { chat: 'sim/small' },
  prices: { 'sim/*': { input: 0, output: 0, perCall: 0.01 } },
  telemetry: { log: 'silent', metrics: true },
}

export const startRig = async (input: ConfigInput = {}): Promise<Rig> => {
  const config = await parseConfig({ ...settings, ...input }, {})
  const running = await startServer(config)
  return {
    running,
    ask: async (key, headers = {}) => {
      const response = await fetch(`${running.url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...headers,
        },
        body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello.' }], max_tokens: 8 }),
      })
      await response.arrayBuffer()
      return response.status
    },
    administer: async (method, path, body) => {
      const response = await fetch(new URL(path, running.admin.url), {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const text = await response.text()
      assert.ok(response.ok, `${response.status} ${text}`)
      return text === '' ? {} : JSON.parse(text)
    },
    [Symbol.asyncDispose]: () => running.stop(AbortSignal.abort()),
  }
}

/** A folder for the file of a store, which goes with the test. */
export const storeFolder = async (): Promise<AsyncDisposable & { readonly store: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-callers-'))
  return {
    store: `sqlite:${join(folder, 'tollgate.db')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Waits until something is so, for as long as other processes may take to hear of it. */
export const within = async (ms: number, isTrue: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + ms
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, `it was not so within ${ms} ms`)
    await new Promise((go) => setTimeout(go, 20))
  }
}
