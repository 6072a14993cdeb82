import type { ConfigInput } from '../../config/schema.ts'
import {
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { forgetful, type GatewayUnderTest, openaiAt, startGateway } from '../faults/harness.ts'

/** A gateway before one upstream that counts its calls. */
export interface Rig extends AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly gateway: GatewayUnderTest
  ask(asked: Asked): Promise<Answered>
}

export interface Asked {
  readonly path?: string | undefined
  readonly body?: object | undefined
  /** The idempotency key. */
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Was it given again? */
  readonly isReplay: boolean
}

/** A question in OpenAI's language. */
export const chat = (content: string, stream = false) => ({
  model: 'chat',
  stream,
  messages: [{ role: 'user', content }],
})

/** Says which of its answers this is, in the form that was asked for. */
export const numbered = (upstream: FakeUpstream, more: Partial<Step> = {}) => {
  return ({ body }: ReceivedRequest): Step => ({
    ...openaiText(`answer ${upstream.journal.length}`, {
      stream: JSON.parse(body).stream === true,
      usage: { input: 40, output: 10 },
    }),
    ...more,
  })
}

/** Asks a gateway at an address. */
export const askAt = async (url: string, asked: Asked): Promise<Answered> => {
  const { path = '/v1/chat/completions', body = chat('Hello.'), key, headers, signal } = asked
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    body: JSON.stringify(body),
    signal: signal ?? null,
  })
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
  return {
    status: response.status,
    headers: response.headers,
    text,
    isReplay: response.headers.get('idempotent-replayed') === 'true',
  }
}

export const startRig = async (input: ConfigInput = {}): Promise<Rig> => {
  const upstream = await startFakeUpstream()
  upstream.always(numbered(upstream))
  const settings: ConfigInput = {
    providers: { up: openaiAt(upstream.url) },
    models: { chat: { targets: ['up/gpt-test'], retry: { attempts: 1 } }, embed: 'up/embed-test' },
    prices: { 'up/*': { input: 1, output: 1 } },
    ...input,
  }
  const gateway = await startGateway(settings, forgetful).catch(async (thrown) => {
    await upstream.close()
    throw thrown
  })
  return {
    upstream,
    gateway,
    ask: (asked) => askAt(`http://127.0.0.1:${gateway.port}`, asked),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}
