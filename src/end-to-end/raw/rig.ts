import type { ConfigInput } from '../../config/schema.ts'
import { type FakeUpstream, type ReceivedRequest, startFakeUpstream } from '../../testing/index.ts'
import { type GatewayUnderTest, startGateway } from '../faults/harness.ts'

/** A gateway in front of two upstreams that are like OpenAI, and one that is Anthropic's. */
export interface Rig extends AsyncDisposable {
  readonly gateway: GatewayUnderTest
  readonly url: string
  readonly first: FakeUpstream
  readonly second: FakeUpstream
  /** Asks the gateway with a key that may do everything. */
  ask(path: string, init?: RequestInit): Promise<Response>
}

export const ownKey = 'sk-tg-everything-0123456789abcdef'
export const upstreamKey = 'sk-upstream-secret-0123456789'

export const startRig = async (more: ConfigInput = {}): Promise<Rig> => {
  const first = await startFakeUpstream()
  const second = await startFakeUpstream()
  const gateway = await startGateway({
    providers: {
      one: { kind: 'openai-compatible', apiKey: upstreamKey, baseUrl: `${first.url}/v1` },
      two: { kind: 'openai-compatible', apiKey: upstreamKey, baseUrl: `${second.url}/v1` },
      claude: { kind: 'anthropic', apiKey: upstreamKey, baseUrl: `${second.url}/v1` },
    },
    models: { draw: ['one/painter', 'two/painter-2'] },
    retry: { attempts: 2, sameTarget: 0 },
    keys: [{ name: 'all', key: ownKey }],
    ...more,
  })
  const url = `http://127.0.0.1:${gateway.port}`
  return {
    gateway,
    url,
    first,
    second,
    ask: (path, init = {}) =>
      fetch(url + path, { ...init, headers: { authorization: `Bearer ${ownKey}`, ...init.headers } }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all([first.close(), second.close()])
    },
  }
}

/** The last request that an upstream received. */
export const lastOf = ({ journal }: FakeUpstream): ReceivedRequest => journal.at(-1) as ReceivedRequest

export const asJson = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
