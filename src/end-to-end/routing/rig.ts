import { type FakeUpstream, openaiText, type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import { type GatewayUnderTest, openaiAt, startGateway } from '../faults/harness.ts'

/** A gateway in front of two upstreams, `one` and `two`, each with a model `m`. */
export interface RoutingRig extends AsyncDisposable {
  readonly gateway: GatewayUnderTest
  readonly one: FakeUpstream
  readonly two: FakeUpstream
  /** Asks the model `chat`; gives what came back. */
  ask(body?: object, headers?: Readonly<Record<string, string>>): Promise<Asked>
}

export interface Asked {
  readonly status: number
  readonly id: string
  readonly headers: Headers
  readonly text: string
}

type Input = Parameters<typeof startGateway>[0]

/** Starts it with what is said of the model `chat`, and whatever else. */
export const startRoutingRig = async (chat: object, input: Input = {}): Promise<RoutingRig> => {
  const one = await startFakeUpstream()
  const two = await startFakeUpstream()
  const gateway = await startGateway({
    providers: { one: openaiAt(one.url), two: openaiAt(two.url) },
    models: { chat: { targets: ['one/m', 'two/m'], ...chat } },
    prices: { 'one/m': { input: 1, output: 10 }, 'two/m': { input: 1, output: 10 } },
    ...input,
  }).catch(async (thrown: unknown) => {
    // A server that is left open would keep the process from ending.
    await Promise.all([one.close(), two.close()])
    throw thrown
  })
  return {
    gateway,
    one,
    two,
    ask: async (body = {}, headers = {}) => {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          model: 'chat',
          max_tokens: 20,
          messages: [{ role: 'user', content: 'Hello there' }],
          ...body,
        }),
      })
      const id = response.headers.get('x-request-id') ?? ''
      return { status: response.status, id, headers: response.headers, text: await response.text() }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await one.close()
      await two.close()
    },
  }
}

/** Says a text in the form that it is asked in, after a while. */
export const says =
  (text: string, headDelayMs = 0): ScriptStep =>
  (request) => ({ ...openaiText(text, { stream: request.body.includes('"stream":true') }), headDelayMs })
