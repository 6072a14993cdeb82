import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Served, serve } from '../../cli/spawned.ts'
import { type FakeUpstream, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt } from '../faults/harness.ts'
import { type JobJson, jobIn } from '../jobs/job-json.ts'
import { callUsd } from './fleet.ts'

const keys = { bound: 'sk-bound-0123456789', free: 'sk-free-0123456789' } as const
type Key = keyof typeof keys

const adminToken = 'the-token-of-the-admins'
/** What the budget of `bound` pays for. */
export const affordable = 30
/** Nothing may take longer, whatever the disk does. */
const patienceMs = 8_000
const slowMs = 1_500

/** A server of the command line whose store is on a disk of the test, before one upstream where every call costs the same. */
export interface Shop extends AsyncDisposable {
  readonly server: Served
  readonly upstream: FakeUpstream
  readonly path: string
  /** Asks live. */
  call(key: Key): Promise<Response>
  /** Ids of the live calls of this key that were answered. */
  answered(key: Key): readonly string[]
  handIn(question: string, more?: object): Promise<Response>
  /** Hands in a job that must be taken, and remembers it. */
  acknowledged(question: string, more?: object): Promise<JobJson>
  job(id: string, headers?: Readonly<Record<string, string>>): Promise<JobJson>
  admin(path: string): Promise<Response>
  /** Ids of all jobs that there are. */
  jobs(): Promise<readonly string[]>
  /** Waits for the end of all jobs that were acknowledged. */
  finished(): Promise<readonly JobJson[]>
}

const configFor = (url: string, path: string): string =>
  JSON.stringify({
    discover: false,
    store: `sqlite:${path}`,
    telemetry: { log: 'warn' },
    server: { admin: { token: adminToken }, drain: { notReady: '0s', streams: '5s' } },
    providers: { one: openaiAt(url) },
    models: { chat: 'one/m' },
    prices: { 'one/*': { input: 0, output: 0, perCall: callUsd } },
    keys: [
      { name: 'bound', key: keys.bound, budget: { usd: affordable * callUsd, per: 'total' } },
      { name: 'free', key: keys.free },
    ],
  })

/** Starts it all; the store is in this folder. */
export const startShop = async (folder: string): Promise<Shop> => {
  const upstream = await startFakeUpstream()
  upstream.always(({ body }) => ({ ...openaiText('Well.'), headDelayMs: body.includes('slow') ? slowMs : 0 }))
  const path = join(folder, 'tollgate.db')
  const server = await serve({ files: { 'tollgate.json': configFor(upstream.url, path) } })
  const calls: Record<Key, string[]> = { bound: [], free: [] }
  const taken: string[] = []
  const ask = (path: string, secret: string, init: RequestInit = {}): Promise<Response> =>
    fetch(server.url + path, {
      ...init,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...init.headers },
      signal: AbortSignal.timeout(patienceMs),
    })
  const post = (path: string, key: Key, body: object): Promise<Response> =>
    ask(path, keys[key], { method: 'POST', body: JSON.stringify(body) })
  const handIn: Shop['handIn'] = (question, more = {}) =>
    post('/v1/jobs', 'free', { endpoint: '/v1/chat/completions', body: chat(question), ...more })
  const job: Shop['job'] = async (id, headers = {}) => jobIn(await ask(`/v1/jobs/${id}`, keys.free, { headers }))
  return {
    server,
    upstream,
    path,
    call: async (key) => {
      const answer = await post('/v1/chat/completions', key, chat('Hi'))
      if (answer.ok) calls[key].push(answer.headers.get('x-request-id') ?? '')
      return answer
    },
    answered: (key) => calls[key],
    handIn,
    acknowledged: async (question, more) => {
      const made = await jobIn(await handIn(question, more), 202)
      taken.push(made.id)
      return made
    },
    job,
    admin: (path) => ask(`/admin/api${path}`, adminToken),
    jobs: async () => {
      const answer = await ask('/v1/jobs?limit=100', keys.free)
      assert.equal(answer.status, 200)
      const { data } = (await answer.json()) as { data: readonly JobJson[] }
      return data.map(({ id }) => id)
    },
    finished: () => Promise.all(taken.map((id) => job(id, { prefer: 'wait=6' }))),
    async [Symbol.asyncDispose]() {
      server.child.kill('SIGKILL')
      await server.ended
      await upstream.close()
    },
  }
}

const chat = (content: string) => ({ model: 'chat', max_tokens: 64, messages: [{ role: 'user', content }] })
