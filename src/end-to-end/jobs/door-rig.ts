import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { Runtime } from '../../config/runtime.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { GatewayError } from '../../core/errors.ts'
import type { JobNews } from '../../jobs/jobs.ts'
import { createAdmin } from '../../server/admin/index.ts'
import { createGatewayServer } from '../../server/node.ts'
import { createJobDoors } from '../../server/perform.ts'
import type { Store } from '../../stores/store.ts'
import { type FakeUpstream, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt } from '../faults/harness.ts'

/** A gateway with jobs in front of one upstream. Nothing is done with a job before somebody works. */
export interface DoorRig extends AsyncDisposable {
  readonly url: string
  readonly upstream: FakeUpstream
  readonly runtime: Runtime
  readonly server: Server
  /** From now on jobs are done. */
  work(): void
  /** As the key `web`, unless headers say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** The same with a JSON body, by POST. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  drain(): void
  /** How many follow jobs at this moment. */
  followers(): number
}

export const keys = {
  web: 'sk-tg-web-0123456789abcdef',
  colleague: 'sk-tg-colleague-0123456789',
  other: 'sk-tg-other-0123456789abcdef',
  narrow: 'sk-tg-narrow-0123456789abcde',
  chatOnly: 'sk-tg-chat-only-0123456789',
} as const

export const adminTokens = { write: 'admin-token-that-writes', read: 'admin-token-that-reads' } as const

export const chat = (text = 'Hi') => ({ model: 'chat', messages: [{ role: 'user', content: text }] })
export const asKey = (key: string) => ({ authorization: `Bearer ${key}` })

export interface DoorRigOptions {
  readonly config?: ConfigInput
  readonly store?: Store
  readonly maxFileBytes?: number
  readonly keepAliveMs?: number
}

export const startDoorRig = async ({ config: more, store, ...settings }: DoorRigOptions = {}): Promise<DoorRig> => {
  const upstream = await startFakeUpstream()
  upstream.always(({ body }) => openaiText('Well.', { stream: JSON.parse(body).stream === true }))
  const input: ConfigInput = {
    discover: false,
    telemetry: { log: 'silent', metrics: false },
    providers: { up: openaiAt(upstream.url) },
    models: { chat: 'up/one', secret: 'up/two', draw: 'up/painter' },
    prices: { 'up/*': { input: 1, output: 2 } },
    webhooks: { endpoints: { done: { url: 'https://example.com/hook', secret: `whsec_${'A'.repeat(43)}=` } } },
    keys: [
      { name: 'web', key: keys.web, team: 'shop' },
      { name: 'colleague', key: keys.colleague, team: 'shop' },
      { name: 'other', key: keys.other },
      { name: 'narrow', key: keys.narrow, models: ['chat'], priority: 'low' },
      { name: 'chat only', key: keys.chatOnly, doors: ['/v1/chat/completions'] },
    ],
    ...more,
  }
  const config = await parseConfig(input, {})
  const runtime = await assemble(config, { store, doors: createJobDoors, jobPauses: { firstMs: 1, mostMs: 5 } })
  let followers = 0
  async function* counted(news: AsyncIterable<JobNews>): AsyncGenerator<JobNews> {
    followers++
    try {
      yield* news
    } finally {
      followers--
    }
  }
  const admin = createAdmin({
    control: runtime.control,
    token: adminTokens.write,
    readToken: adminTokens.read,
    configSchema: () => ({}),
    jobs: runtime.jobControl,
    refused: () => {},
  })
  const { server, drain } = createGatewayServer({
    ...runtime,
    jobs: { ...runtime.jobs, follow: (...asked) => counted(runtime.jobs.follow(...asked)) },
    open: runtime.isOpen,
    admin,
    admit: admin.admit,
    maxBodyBytes: config.server.maxBodyBytes,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 60_000,
    idleConnectionMs: 10_000,
    ...settings,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask: DoorRig['ask'] = (path, init = {}) =>
    fetch(url + path, { ...init, headers: { ...asKey(keys.web), ...init.headers } })
  return {
    url,
    upstream,
    runtime,
    server,
    work: () => void runtime.work(4),
    ask,
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    drain,
    followers: () => followers,
    async [Symbol.asyncDispose]() {
      runtime.gateway.cancelAll(new GatewayError('cancelled', 'The test is over.', { outcome: 'cancelled' }))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await runtime.close()
      await upstream.close()
    },
  }
}
